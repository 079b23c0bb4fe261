// CLAIM: __errno has no meaning in BEGIN
// SPEC: 3.4
// EXIT: 2
@@BEGIN { printf("%d\n", __errno); exit(); }
