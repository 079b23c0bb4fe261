// CLAIM: = += -= *= /= %= <<= >>= &= ^= |=
// SPEC: 1.6
@@BEGIN {
    int x; x = 10; x += 5; printf("%d ", x); x -= 3; printf("%d ", x); x *= 4; printf("%d ", x); x /= 5; printf("%d ", x);
    x %= 5; printf("%d ", x); x <<= 3; printf("%d ", x); x >>= 1; printf("%d ", x); x &= 24; printf("%d ", x);
    x ^= 9; printf("%d ", x); x |= 6; printf("%d\n", x);
    exit();
}
