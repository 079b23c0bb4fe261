// CLAIM: stktrace_t is not thread-local
// SPEC: 2.7
// EXIT: 2
__thread stktrace_t s;
@@BEGIN { exit(); }
