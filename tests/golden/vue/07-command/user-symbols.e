// CLAIM: -u and -T are taken
// SPEC: 7.1
// ARGS: -u -f micro
@@BEGIN { printf("runs\n"); exit(); }
