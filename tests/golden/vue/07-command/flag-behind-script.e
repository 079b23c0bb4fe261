// CLAIM: a flag behind a script that takes no arguments is told of
// SPEC: 7.1
// ARGV: --help
@@BEGIN { printf("runs\n"); exit(); }
