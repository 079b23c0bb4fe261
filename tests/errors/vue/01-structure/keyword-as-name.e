// CLAIM: a C keyword cannot be a name
// SPEC: 1.2
// EXIT: 2
@@BEGIN { int while; exit(); }
