// CLAIM: ntohs ntohl htons htonl
// SPEC: 5.9
// extension: for scripts that convert by themselves
@@BEGIN { printf("%x %x %x %x\n", ntohs(0x1234), ntohl(0x12345678), htons(0x1234), htonl(1)); exit(); }
