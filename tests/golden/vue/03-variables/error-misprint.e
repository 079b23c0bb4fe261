// CLAIM: the misprint SORAGE is taken with a warning
// SPEC: 3.5
@@BEGIN { printf("%d\n", ERR_INSUFF_SORAGE); exit(); }
