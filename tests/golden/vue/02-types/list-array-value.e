// CLAIM: lists are values of associative arrays
// SPEC: 2.3
__list l;
@@BEGIN {
    append(l, 4); a["k"] = l; append(l, 100); append(a["k"], 5); append(a["new"], 7);
    a["empty"] = list(); a["copy"] = a["k"]; append(a["copy"], 1);
    printf("%lld %lld %lld %lld\n", sum(a["k"]), count(a["new"]), count(a["empty"]), sum(a["copy"]));
    exit();
}
