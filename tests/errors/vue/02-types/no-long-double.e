// CLAIM: there is no long double
// SPEC: 2.1
// EXIT: 2
@@BEGIN { long double d; exit(); }
