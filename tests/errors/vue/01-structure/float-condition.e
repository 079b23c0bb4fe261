// CLAIM: a floating value is no condition
// SPEC: 1.6
// EXIT: 2
@@BEGIN { float d; d = 1.5; if (d) exit(); }
