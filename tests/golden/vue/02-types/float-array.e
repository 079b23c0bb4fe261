// CLAIM: an array of double
// SPEC: 2.1
@@BEGIN { double a[3]; a[1] = 2.5; a[2] = a[1]; printf("%g %g %g\n", a[0], a[1], a[2]); exit(); }
