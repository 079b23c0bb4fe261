// CLAIM: set_range(POWER, 2): slots 1-2, 2-4, 4-8 from the first to the last hit
// SPEC: 2.5
range_t r;
@@BEGIN {
    set_range(r, POWER, 2);
    qrange(a["k"], r, 2); qrange(a["k"], r, 3); qrange(a["k"], r, 8); qrange(a["k"], r, 0);
    print(a); exit();
}
