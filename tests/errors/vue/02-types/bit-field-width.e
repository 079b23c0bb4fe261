// CLAIM: a bit-field fits its type
// SPEC: 2.1
// EXIT: 2
struct b { char a : 9; };
@@BEGIN { exit(); }
