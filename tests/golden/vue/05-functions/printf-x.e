// CLAIM: %x %X hexadecimal, %X upper case
// SPEC: 5.1
@@BEGIN { printf("%x %X %x\n", 48879, 48879, -1); exit(); }
