// CLAIM: ANY is no key of a fetch
// SPEC: 2.4
// EXIT: 2
@@BEGIN { int x; a[1] = 1; x = a[ANY]; exit(); }
