// CLAIM: long and pointers have the size of the target, which is 64-bit here
// SPEC: 2.1
// differs: 32-bit processes are not told apart; long and pointers have 8 bytes in every clause
@@BEGIN { long l; l = 1; l <<= 40; printf("%ld\n", l); exit(); }
