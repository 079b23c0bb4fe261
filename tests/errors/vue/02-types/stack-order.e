// CLAIM: no other operator on stacks
// SPEC: 2.7
// EXIT: 2
stktrace_t s, t;
@@BEGIN { if (s < t) exit(); }
