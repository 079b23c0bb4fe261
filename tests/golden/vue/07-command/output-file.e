// CLAIM: -o FILE takes the trace output
// SPEC: 7.1
// ARGS: -o /dev/null
@@BEGIN { printf("not on standard output\n"); exit(); }
