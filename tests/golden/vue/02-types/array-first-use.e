// CLAIM: the first use sets key and value types
// SPEC: 2.4
@@BEGIN { count["ksh"] = 1; v[0]["a"][2.5] = 1; printf("%d %d\n", count["ksh"], v[0]["a"][2.5]); exit(); }
