// CLAIM: == != < <= > >= of Strings of different lengths
// SPEC: 2.2
@@BEGIN { String a[10], b[20]; a = "abc"; b = "abc"; printf("%d %d %d %d\n", a == b, a != b, a < b, a >= b); exit(); }
