// CLAIM: integer keys of different sizes are one type
// SPEC: 2.4
@@BEGIN { char c; long long l; c = 7; l = 7; a[l] = 1; a[c]++; a[7]++; printf("%d\n", a[7]); exit(); }
