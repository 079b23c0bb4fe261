// CLAIM: an array has at least one element
// SPEC: 2.1
// EXIT: 2
@@BEGIN { int a[0]; exit(); }
