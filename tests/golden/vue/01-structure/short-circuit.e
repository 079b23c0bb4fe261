// CLAIM: && and || evaluate the right side only when it decides
// SPEC: 1.6
@@BEGIN { int n, r; n = 0; r = 0 && n++; r = 1 || n++; printf("%d ", n); r = 1 && n++; r = 0 || n++; printf("%d\n", n); exit(); }
