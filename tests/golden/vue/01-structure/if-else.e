// CLAIM: if and else, nested and chained
// SPEC: 1.5
int x, y;
@@BEGIN {
    x = 2;
    if (x == 1) printf("one\n");
    else if (x == 2) { if (y) printf("y\n"); else printf("two\n"); }
    else printf("many\n");
    exit();
}
