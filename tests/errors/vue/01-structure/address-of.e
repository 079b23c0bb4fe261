// CLAIM: & cannot be applied to a script variable
// SPEC: 1.6
// EXIT: 2
@@BEGIN { int x; long long y; x = 1; y = (long long)&x; exit(); }
