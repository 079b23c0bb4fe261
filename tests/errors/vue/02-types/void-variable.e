// CLAIM: void is for prototypes and pointers
// SPEC: 2.1
// EXIT: 2
@@BEGIN { void x; exit(); }
