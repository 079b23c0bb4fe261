// CLAIM: quantize: bars of at most 40, scaled to the maximum
// SPEC: 8.4
// differs: the layout is our own
@@BEGIN { a["read"] = 80; a["write"] = 2; a["open"] = 1; quantize(a); exit(); }
