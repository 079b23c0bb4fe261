// CLAIM: with `*` there are no arguments
// SPEC: 6.3
// EXIT: 2
@@syscallx:*:*:entry { printf("%d\n", __arg1); }
