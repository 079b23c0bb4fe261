// CLAIM: a missing argument is an error
// SPEC: 1.7
// ARGV: 1
// EXIT: 2
@@BEGIN { printf("%d %d\n", $1, $2); exit(); }
