// CLAIM: -K enables nothing on Linux: a note
// SPEC: 7.1
// ARGS: -K
// absent: RAS event functions
@@BEGIN { printf("runs\n"); exit(); }
