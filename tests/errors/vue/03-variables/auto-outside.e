// CLAIM: an automatic variable is declared in its block
// SPEC: 3.1
// EXIT: 2
__auto int x;
@@BEGIN { exit(); }
