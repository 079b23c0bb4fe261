// CLAIM: the words of a type in any order, as in C
// SPEC: 2.1
@@BEGIN { long unsigned int a; short int b; unsigned c; int long long d; a = -1; b = -1; c = -1; d = -1;
    printf("%d %d %d %d\n", sizeof(a), sizeof(b), sizeof(c), sizeof(d)); exit(); }
