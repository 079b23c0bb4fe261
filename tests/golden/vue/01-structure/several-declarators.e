// CLAIM: several declarators in one declaration
// SPEC: 1.3
__global int foo, bar, *p, field[3];
@@BEGIN { foo = 1; bar = 2; field[2] = 3; printf("%d %d %d\n", foo, bar, field[2]); exit(); }
