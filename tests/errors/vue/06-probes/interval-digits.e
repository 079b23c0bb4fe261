// CLAIM: digits only
// SPEC: 6.7
// EXIT: 2
@@interval:*:clock:1s { }
