// CLAIM: ++ and += on an unknown name make a global of 64 bits that starts from 0 (extension)
// SPEC: 3.2
@@BEGIN { n++; b += 3000000000; b += 3000000000; printf("%d %d\n", n, b); exit(); }
