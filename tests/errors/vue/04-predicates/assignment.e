// CLAIM: no assignment
// SPEC: 4
// EXIT: 2
int x;
@@interval:*:clock:100 when (x = 1) { }
