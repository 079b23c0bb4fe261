// CLAIM: structures: members with . and the layout of the ABI
// SPEC: 2.1
struct inner { char c; long l; };
struct outer { short s; struct inner i; char t; };
@@BEGIN {
    struct outer o;
    o.s = -2; o.i.c = 'x'; o.i.l = 9; o.t = 1;
    printf("%d %c %ld %d %d %d\n", o.s, o.i.c, o.i.l, o.t, sizeof(struct inner), sizeof(struct outer));
    exit();
}
