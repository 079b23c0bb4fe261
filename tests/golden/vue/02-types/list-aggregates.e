// CLAIM: sum avg min max count; avg truncates
// SPEC: 2.3
__list l;
@@BEGIN {
    append(l, 10); append(l, -3); append(l, 4);
    printf("%lld %lld %lld %lld %lld\n", sum(l), avg(l), min(l), max(l), count(l));
    exit();
}
