// CLAIM: -i n of AIX: a note
// SPEC: 7.1
// ARGS: -i 5
// absent: asynchronous statistics
@@BEGIN { printf("runs\n"); exit(); }
