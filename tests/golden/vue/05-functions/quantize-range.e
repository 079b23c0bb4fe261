// CLAIM: quantize of ranges: bars for the slots
// SPEC: 5.7
range_t r;
@@BEGIN { set_range(r, LINEAR, 0, 4, 2); qrange(a["k"], r, 0); qrange(a["k"], r, 1); qrange(a["k"], r, 2); quantize(a); exit(); }
