// CLAIM: an unbound key of an array of lists is an empty list
// SPEC: 2.3
@@BEGIN { append(a["k"], 5); printf("%lld %lld\n", count(a["none"]), sum(a["none"])); exit(); }
