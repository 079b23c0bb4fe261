// CLAIM: no loops: outside a clause too
// SPEC: 1.5
// EXIT: 2
while (1) { n++; }
@@BEGIN { exit(); }
