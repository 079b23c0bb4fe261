// CLAIM: blanks before the # of an ignored line are allowed
// SPEC: 1.2
@@BEGIN {
    #  printf("not printed\n");
    printf("printed\n");
    exit();
}
