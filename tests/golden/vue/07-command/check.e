// CLAIM: --check compiles only
// SPEC: 7.1
// ARGS: --check
// extension: not on AIX
@@BEGIN { printf("not run\n"); }
