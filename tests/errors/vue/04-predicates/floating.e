// CLAIM: no floating-point variables
// SPEC: 4
// EXIT: 2
double d;
@@interval:*:clock:100 when (d) { }
