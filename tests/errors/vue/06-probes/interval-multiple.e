// CLAIM: without a process a multiple of 100
// SPEC: 6.7
// EXIT: 2
@@interval:*:clock:250 { }
