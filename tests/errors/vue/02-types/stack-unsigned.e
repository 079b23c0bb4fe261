// CLAIM: stktrace_t takes no signed, unsigned, const
// SPEC: 2.7
// EXIT: 2
@@BEGIN { unsigned stktrace_t s; exit(); }
