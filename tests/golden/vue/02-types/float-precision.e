// CLAIM: a float holds 32 bits, a double 64
// SPEC: 2.1
@@BEGIN { float f; double d; f = 0.1; d = 0.1; printf("%.10f %.10f\n", f, d); exit(); }
