// CLAIM: an empty statement
// SPEC: 1.5
@@BEGIN { ; if (1) ; printf("x\n");; exit(); }
