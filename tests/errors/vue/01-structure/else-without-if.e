// CLAIM: no else without if
// SPEC: 1.5
// EXIT: 2
@@BEGIN { exit(); else exit(); }
