// CLAIM: replacement is textual: the value becomes source text
// SPEC: 1.7
// ARGV: "1 + 2" x
@@BEGIN { int $2; $2 = $1 * 3; printf("%d\n", x); exit(); }
