// CLAIM: no -- on an element
// SPEC: 4
// EXIT: 2
@@BEGIN { a[1] = 1; }
@@interval:*:clock:100 when (--a[1]) { }
