// CLAIM: __curthread is not in BEGIN
// SPEC: 3.4
// EXIT: 2
@@BEGIN { printf("%lld\n", __curthread->tid); exit(); }
