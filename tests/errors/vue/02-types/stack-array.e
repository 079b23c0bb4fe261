// CLAIM: no C arrays of stacks
// SPEC: 2.7
// EXIT: 2
stktrace_t s[3];
@@BEGIN { exit(); }
