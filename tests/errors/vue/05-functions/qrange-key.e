// CLAIM: qrange counts in an element of an array
// SPEC: 5.6
// EXIT: 2
range_t r;
@@BEGIN { int x; x = 1; qrange(x, r, 1); exit(); }
