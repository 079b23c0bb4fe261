// CLAIM: a built-in that does not exist
// SPEC: 3.4
// EXIT: 2
@@BEGIN { printf("%d\n", __pidd); exit(); }
