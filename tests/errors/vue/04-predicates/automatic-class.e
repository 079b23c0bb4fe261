// CLAIM: no automatic variables
// SPEC: 4
// EXIT: 2
@@interval:*:clock:100 when (auto:x) { auto:x = 1; }
