// CLAIM: members of a union share their bytes
// SPEC: 2.1
union u { unsigned int i; unsigned char b[4]; unsigned short s; };
@@BEGIN { union u v; v.i = 0x11223344; printf("%x %x %x %d\n", v.b[0], v.b[3], v.s, sizeof(union u)); exit(); }
