// CLAIM: one mistake, one message: a colon too many in a probe point
// SPEC: 7.6
// EXIT: 2
@@interval::*:clock:100 { n++; exit(); }
@@END { printf("%d\n", n); }
