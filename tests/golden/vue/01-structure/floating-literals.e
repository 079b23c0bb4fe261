// CLAIM: floating literals
// SPEC: 1.2
@@BEGIN { printf("%g %g %g %g\n", 2.5, .5, 1e3, 1.25e-1); exit(); }
