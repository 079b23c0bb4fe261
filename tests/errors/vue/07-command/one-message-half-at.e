// CLAIM: one mistake, one message: a probe that begins with one `@`
// SPEC: 7.6
// EXIT: 2
@net:tcp:retransmit { n++; }
@@END { printf("%d\n", n); }
