// CLAIM: ++ and += start from 0
// SPEC: 2.4
@@BEGIN { a[3]++; a[3]++; a[4] += 10; a[5]--; ++a[3]; printf("%d %d %d\n", a[3], a[4], a[5]); exit(); }
