// CLAIM: add_range: each call adds one slot that holds its Strings
// SPEC: 2.5
range_t r;
@@BEGIN {
    add_range(r, "read", "write", "open"); add_range(r, "close");
    qrange(a[1], r, "open"); qrange(a[1], r, "read"); qrange(a[1], r, "close"); qrange(a[1], r, "stat");
    print(a); exit();
}
