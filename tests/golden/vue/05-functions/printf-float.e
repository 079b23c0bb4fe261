// CLAIM: %f %e %g floating point
// SPEC: 5.1
@@BEGIN { double d; d = 1234.5; printf("%f %e %g %.1f %10.2f|%-10.0f|%G\n", d, d, d, d, d, d, 1e-10); exit(); }
