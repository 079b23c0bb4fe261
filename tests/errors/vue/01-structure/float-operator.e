// CLAIM: floating values have none of the operators of bits, and no remainder
// SPEC: 1.6
// EXIT: 2
@@BEGIN { double d; int n; String s[9]; d = 1.5; n = 2; d = d % 2; d = d & 1; d = 1 << d; d = ~d; d %= 2; n >>= d; s = d; d = d + s; if (d < s) n = 1; d = s + 1.5; exit(); }
