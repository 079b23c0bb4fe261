// CLAIM: $# is refused
// SPEC: 1.7
// EXIT: 2
@@BEGIN { printf("%d\n", $#); exit(); }
