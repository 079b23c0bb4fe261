// CLAIM: the registers of PowerPC do not exist
// SPEC: 3.4
// EXIT: 2
// absent: r1 to r31, lr, isisr
@@uft:1:*:main:entry { printf("%llx\n", __mst->r3); }
