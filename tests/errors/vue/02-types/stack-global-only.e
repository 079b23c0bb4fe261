// CLAIM: stktrace_t is global only: not automatic
// SPEC: 2.7
// EXIT: 2
@@BEGIN { __auto stktrace_t s; exit(); }
