// CLAIM: clear removes all elements
// SPEC: 2.4
@@BEGIN { a["k"] = 1; a["l"] = 2; clear(a); print(a); printf("%d\n", exists(a, "k")); exit(); }
