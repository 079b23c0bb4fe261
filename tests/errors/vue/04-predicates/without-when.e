// CLAIM: a condition needs the word when
// SPEC: 4
// EXIT: 2
@@interval:*:clock:100 (1 == 1) { }
