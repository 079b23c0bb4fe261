// CLAIM: the first argument of append is a list
// SPEC: 2.3
// EXIT: 2
@@BEGIN { int x; x = 1; append(x, 1); exit(); }
