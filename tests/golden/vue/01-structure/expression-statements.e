// CLAIM: assignment, compound assignment, ++ and -- and calls are statements
// SPEC: 1.5
@@BEGIN { int x; x = 4; x += 3; x++; --x; x -= 1; printf("%d\n", x); exit(); }
