// CLAIM: no operator but = on a list
// SPEC: 2.3
// EXIT: 2
__list l;
@@BEGIN { int x; x = l + 1; exit(); }
