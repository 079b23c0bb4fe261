// CLAIM: $__CPID is known only with -X
// SPEC: 1.7
// EXIT: 2
@@BEGIN { printf("%d\n", $__CPID); exit(); }
