// CLAIM: printf does not print a list
// SPEC: 2.3
// EXIT: 2
__list l;
@@BEGIN { printf("%d\n", l); exit(); }
