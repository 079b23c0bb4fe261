// CLAIM: the third field is clock
// SPEC: 6.7
// EXIT: 2
@@interval:*:timer:100 { }
