// CLAIM: %u unsigned decimal
// SPEC: 5.1
@@BEGIN { printf("%u %u\n", 7, -1); exit(); }
