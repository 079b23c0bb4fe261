// CLAIM: $1, $2 are the arguments of the script
// SPEC: 1.7
// ARGV: 42 7
@@BEGIN { printf("%d %d\n", $1, $2 + 1); exit(); }
