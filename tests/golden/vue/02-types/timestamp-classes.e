// CLAIM: global, thread-local, automatic and untyped timestamps
// SPEC: 2.6
// ARGS: --check
probev_timestamp_t g;
__thread probev_timestamp_t t;
@@syscall:*:read:entry { __auto probev_timestamp_t a; __auto e; a = timestamp(); e = timestamp(); t = a; g = e; }
