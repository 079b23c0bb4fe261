// CLAIM: $0 is refused
// SPEC: 1.7
// EXIT: 2
@@BEGIN { printf("%d\n", $0); exit(); }
