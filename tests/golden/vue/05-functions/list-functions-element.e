// CLAIM: also on array elements
// SPEC: 5.5
@@BEGIN { append(a["x"], 2); append(a["x"], 5); printf("%lld %lld %lld %lld %d\n", sum(a["x"]), avg(a["x"]), min(a["x"]), max(a["x"]), count(a["x"])); exit(); }
