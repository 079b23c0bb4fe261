// CLAIM: set_range(LINEAR, min, max, step): slots and Others
// SPEC: 2.5
range_t r;
@@BEGIN {
    set_range(r, LINEAR, 0, 30, 10);
    qrange(a["k"], r, 0); qrange(a["k"], r, 9); qrange(a["k"], r, 10); qrange(a["k"], r, 29); qrange(a["k"], r, 30); qrange(a["k"], r, -1);
    print(a); exit();
}
