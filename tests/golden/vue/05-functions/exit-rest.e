// CLAIM: the rest of the block after exit() does not run
// SPEC: 5.3
@@BEGIN { exit(); printf("never\n"); }
@@END { printf("end\n"); }
