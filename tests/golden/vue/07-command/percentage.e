// CLAIM: -e with a number is the percentage of AIX: a note, and nothing else
// SPEC: 7.1
// ARGS: -e 10
// differs: memory is bounded by other limits
@@BEGIN { printf("runs\n"); exit(); }
