// CLAIM: one mistake, one message: the `{` of a clause is missing
// SPEC: 7.6
// EXIT: 2
@@BEGIN  a["x"] = 1; a["b"] = 2; print(a); exit(); }
@@END { printf("end\n"); }
