// CLAIM: and 100 at least
// SPEC: 6.7
// EXIT: 2
@@interval:*:clock:10 { }
