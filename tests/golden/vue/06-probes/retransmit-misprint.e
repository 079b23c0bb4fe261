// CLAIM: the misprint _nth_retransmit is taken with a warning
// SPEC: 6.10.14
// ARGS: --check
@@net:tcp:retransmit { printf("%d\n", _nth_retransmit); }
