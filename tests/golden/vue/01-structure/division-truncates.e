// CLAIM: division truncates toward zero, the remainder has the sign of the dividend
// SPEC: 1.6
@@BEGIN { int a; a = -7; printf("%d %d %d %d\n", a / 2, a % 2, 7 / -2, 7 % -2); exit(); }
