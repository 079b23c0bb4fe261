// CLAIM: initial values in braces are not supported
// SPEC: 1.3
// EXIT: 2
@@BEGIN { int a[2] = {1, 2}; exit(); }
