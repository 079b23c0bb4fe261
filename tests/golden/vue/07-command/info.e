// CLAIM: -q info=none normal detail
// SPEC: 7.1
// ARGS: -q info=none
@@BEGIN { printf("runs\n"); exit(); }
