// CLAIM: other suffixes are refused
// SPEC: 1.2
// EXIT: 2
@@BEGIN { x = 1lul; exit(); }
