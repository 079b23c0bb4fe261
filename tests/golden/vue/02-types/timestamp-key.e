// CLAIM: timestamps are keys and values of arrays
// SPEC: 2.6
@@BEGIN { a["t"] = timestamp(); printf("%d\n", a["t"] > 0); exit(); }
