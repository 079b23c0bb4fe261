// CLAIM: String keys compare exactly
// SPEC: 2.4
@@BEGIN { String s[20]; a["abc"] = 1; s = "ab"; printf("%d %d %d %d\n", a["abc"], a["ABC"], a["ab"], a[s + "c"]); exit(); }
