// CLAIM: delete removes the key
// SPEC: 2.4
@@BEGIN { a["k"] = 1; a["l"] = 2; delete(a, "k"); printf("%d %d\n", exists(a, "k"), a["k"]); print(a); exit(); }
