// CLAIM: an element as a condition
// SPEC: 2.4
@@BEGIN { a["k"] = 5; if (a["k"]) printf("yes\n"); if (!a["no"]) printf("no\n"); exit(); }
