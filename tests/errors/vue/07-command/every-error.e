// CLAIM: every error of a script is reported, in order
// SPEC: 7.6
// EXIT: 2
@@BEGIN {
    printf("%d\n", a);
    printf("%d\n", b);
    nothing();
    exit();
}
