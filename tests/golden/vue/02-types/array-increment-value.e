// CLAIM: ++ on an element has a value
// SPEC: 2.4
@@BEGIN { int x, y; x = a["k"]++; y = ++a["k"]; printf("%d %d %d\n", x, y, a["k"]); exit(); }
