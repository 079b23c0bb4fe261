// CLAIM: < <= > >= compare Strings lexically
// SPEC: 1.6
@@BEGIN { String a[8]; a = "abc"; printf("%d %d %d %d %d\n", a < "abd", a <= "abc", a > "ab", a >= "b", a < "abcd"); exit(); }
