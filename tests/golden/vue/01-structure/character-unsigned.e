// CLAIM: the value of a character literal above 127 is positive: char is unsigned
// SPEC: 1.2
@@BEGIN { printf("%d %d\n", '\xff', '\377'); exit(); }
