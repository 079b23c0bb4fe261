// CLAIM: a missing argument is one message, wherever it stands
// SPEC: 1.7
// ARGV: 1
// EXIT: 2
@@BEGIN { printf("%d %d %d\n", $1, $2, $2); exit(); }
