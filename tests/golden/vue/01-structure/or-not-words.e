// CLAIM: the words `or` and `not` are || and !
// SPEC: 1.6
// extension: AIX proves only `and`
@@BEGIN { printf("%d %d %d\n", 0 or 2, not 5, not 0); exit(); }
