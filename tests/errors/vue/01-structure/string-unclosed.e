// CLAIM: a string ends on its line
// SPEC: 1.2
// EXIT: 2
@@BEGIN {
    printf("abc);
    exit();
}
