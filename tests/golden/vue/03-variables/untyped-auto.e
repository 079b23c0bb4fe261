// CLAIM: __auto v; takes its type from the first assignment
// SPEC: 3.2
@@BEGIN { __auto v; __auto w, s; v = 1LL << 33; w = 'a'; s = "text"; printf("%lld %d %s %d %d\n", v, w, s, sizeof(v), sizeof(w)); exit(); }
