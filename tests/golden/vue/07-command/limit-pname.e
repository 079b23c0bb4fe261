// CLAIM: __pname has 32 characters
// SPEC: 7.9
@@BEGIN { printf("%d\n", sizeof(__pname)); exit(); }
