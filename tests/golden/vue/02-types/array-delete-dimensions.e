// CLAIM: delete with several keys
// SPEC: 2.4
@@BEGIN { a[1]["x"] = 1; a[1]["y"] = 2; delete(a, 1, "x"); delete(a, 7, "x"); print(a); exit(); }
