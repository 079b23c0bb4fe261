// CLAIM: * / % bind before + -, those before << >>
// SPEC: 1.6
@@BEGIN { printf("%d %d %d %d\n", 2 + 3 * 4, 1 << 2 + 1, 7 - 4 % 3, 20 / 2 * 5); exit(); }
