// CLAIM: no declarations in nested blocks
// SPEC: 1.3
// EXIT: 2
@@BEGIN { if (1) { int x; x = 1; } exit(); }
