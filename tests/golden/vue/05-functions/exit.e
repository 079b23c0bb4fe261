// CLAIM: exit ends the session; END runs
// SPEC: 5.3
@@BEGIN { printf("begin\n"); exit(); }
@@END { printf("end\n"); }
