// CLAIM: associative arrays are always global
// SPEC: 2.4
// EXIT: 2
@@BEGIN { auto:a[1] = 1; exit(); }
