// CLAIM: -g is taken with a note
// SPEC: 7.1
// ARGS: -g
// differs: its meaning on AIX is not documented
@@BEGIN { printf("runs\n"); exit(); }
