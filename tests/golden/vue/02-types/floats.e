// CLAIM: float and double are assigned and printed
// SPEC: 2.1
@@BEGIN { float f; double d, e; f = 2.5; d = 0.1; e = d; f = 3; d = f; printf("%f %g %.3f %e\n", f, d, e, e); exit(); }
