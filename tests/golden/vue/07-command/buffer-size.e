// CLAIM: -s and -t are taken
// SPEC: 7.1
// ARGS: -s 2048 -t 100
@@BEGIN { printf("runs\n"); exit(); }
