// CLAIM: list() on an existing list empties it
// SPEC: 2.3
__list l;
@@BEGIN { append(l, 3); l = list(); printf("%lld ", count(l)); append(l, 8); printf("%lld\n", sum(l)); exit(); }
