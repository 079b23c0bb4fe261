// CLAIM: flags, width and precision as in C
// SPEC: 5.1
@@BEGIN { printf("[%5d] [%-5d] [%05d] [%+d] [% d] [%#x] [%.3d] [%016llx]\n", 42, 42, 42, 42, 42, 42, 7, 0xabcdefLL); exit(); }
