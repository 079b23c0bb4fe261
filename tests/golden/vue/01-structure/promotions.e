// CLAIM: integer promotions: char and short compute as int
// SPEC: 1.6
@@BEGIN { char a, b; a = 200; b = 100; printf("%d %d\n", a + b, sizeof(a + b)); exit(); }
