// CLAIM: automatic variables are not in predicates
// SPEC: 3.3
// EXIT: 2
@@BEGIN { auto:x = 1; exit(); }
@@interval:*:clock:100 when (auto:x == 1) { }
