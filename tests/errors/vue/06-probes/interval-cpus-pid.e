// CLAIM: a list of processors excludes a process
// SPEC: 6.7
// EXIT: 2
@@interval:1:clock:100:0-1 { }
