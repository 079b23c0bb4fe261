// CLAIM: a column shows one aggregate of lists; integers may be divided, toward zero
// SPEC: 5.7
// extension: AIX has no such function
@@BEGIN {
    append(sizes["a"], 1500); append(sizes["a"], -4); append(sizes["a"], 3000); append(sizes["b"], -2047);
    n["a"] = 10; n["c"] = 1;
    print_table("%s %d %d %d %d %d %d %d\n", n, count(sizes), sum(sizes), avg(sizes), min(sizes), max(sizes), sum(sizes) / 1024);
    print_table("%s %d %d\n", sum(sizes) / 2 / 512, n / 3);
    exit();
}
