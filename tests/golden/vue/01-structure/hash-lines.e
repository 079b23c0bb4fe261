// CLAIM: lines that begin with # are ignored, wherever they are
// SPEC: 1.2
# a comment, as in sh
@@BEGIN {
#  printf("not printed\n");
    printf("printed\n");
    exit();
}
# the end
