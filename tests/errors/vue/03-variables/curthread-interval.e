// CLAIM: __curthread is in interval probes only with a pid
// SPEC: 3.4
// EXIT: 2
@@interval:*:clock:100 { printf("%lld\n", __curthread->tid); }
