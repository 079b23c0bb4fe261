// CLAIM: a POWER range prints from the first to the last hit
// SPEC: 8.5
range_t r;
@@BEGIN { set_range(r, POWER, 2); qrange(a["k"], r, 33); qrange(a["k"], r, 5); print(a); exit(); }
