// CLAIM: -X starts a program; $__CPID is its process id
// SPEC: 7.3
// ARGS: -X /bin/true
@@BEGIN { printf("%d\n", $__CPID > 1); exit(); }
