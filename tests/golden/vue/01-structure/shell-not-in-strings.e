// CLAIM: shell elements are not expanded in double quotes
// SPEC: 1.7
// ARGV: 5
// ENV: HOME=/x
@@BEGIN { printf("$1 $HOME %d\n", $1); exit(); }
