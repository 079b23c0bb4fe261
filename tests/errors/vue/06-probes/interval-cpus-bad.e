// CLAIM: a list of processors holds numbers
// SPEC: 6.7
// EXIT: 2
@@interval:*:clock:100:0|x { }
