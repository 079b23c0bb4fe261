// CLAIM: a compound assignment computes in the common type and converts back
// SPEC: 1.6
@@BEGIN { char c; short h; c = 200; c += 100; h = 30000; h *= 2; printf("%d %d\n", c, h); exit(); }
