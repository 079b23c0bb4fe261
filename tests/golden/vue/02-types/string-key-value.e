// CLAIM: Strings are keys and values of associative arrays
// SPEC: 2.2
@@BEGIN { a["x"] = "one"; a["y"] = "two words"; printf("%s %s\n", a["x"], a["y"]); exit(); }
