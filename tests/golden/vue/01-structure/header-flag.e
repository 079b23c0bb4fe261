// CLAIM: -I a,b reads headers, comma without blanks, and may be repeated
// SPEC: 1.9
// ARGS: -I ../headers/one.i,../headers/two.i -I ../headers/three.i
@@BEGIN { struct one a; two_t b; a.x = 1; b = 2; printf("%d %d %d\n", a.x, b, THREE); exit(); }
