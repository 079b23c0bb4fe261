// CLAIM: no variable has the name of a constant
// SPEC: 3.7
// EXIT: 2
int TH_SYN;
@@BEGIN { exit(); }
