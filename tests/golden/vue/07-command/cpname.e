// CLAIM: $__CPNAME is its name
// SPEC: 7.3
// ARGS: -X /bin/true
// STDERR: ignore
@@BEGIN { String s[40]; printf("x\n"); exit(); }
