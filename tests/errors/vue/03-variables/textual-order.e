// CLAIM: textual order counts, not run order
// SPEC: 3.2
// EXIT: 2
@@END { printf("%d\n", late); }
@@BEGIN { late = 5; exit(); }
