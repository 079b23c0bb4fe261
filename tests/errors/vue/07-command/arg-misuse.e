// CLAIM: misuse of an argument says why
// SPEC: 7.6
// EXIT: 2
// differs: the words are our own
@@BEGIN { printf("%d\n", __arg2); exit(); }
