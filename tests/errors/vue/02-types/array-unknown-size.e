// CLAIM: arrays of unknown size are not usable
// SPEC: 2.1
// EXIT: 2
@@BEGIN { int a[]; exit(); }
