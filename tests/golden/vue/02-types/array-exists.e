// CLAIM: exists gives 1 or 0
// SPEC: 2.4
@@BEGIN { a["k"] = 0; b[1]["x"] = 2; printf("%d %d %d %d\n", exists(a, "k"), exists(a, "no"), exists(b, 1, "x"), exists(b, 2, "x")); exit(); }
