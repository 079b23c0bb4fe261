// CLAIM: a list is never automatic
// SPEC: 2.3
// EXIT: 2
@@BEGIN { __auto __list l; exit(); }
