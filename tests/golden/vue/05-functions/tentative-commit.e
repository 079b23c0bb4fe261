// CLAIM: output between start and end is held back until it is committed
// SPEC: 5.11
@@BEGIN {
    start_tentative("a"); printf("held\n"); end_tentative("a");
    printf("first\n"); commit_tentative("a"); printf("last\n"); exit();
}
