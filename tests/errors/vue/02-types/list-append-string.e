// CLAIM: only integers and lists are appended
// SPEC: 2.3
// EXIT: 2
__list l;
@@BEGIN { append(l, "x"); exit(); }
