// CLAIM: ANY stands for every key of a dimension in exists and delete
// SPEC: 2.4
@@BEGIN {
    a[1]["x"] = 1; a[1]["y"] = 2; a[2]["x"] = 3;
    printf("%d %d %d\n", exists(a, 1, ANY), exists(a, ANY, "y"), exists(a, 3, ANY));
    delete(a, ANY, "x"); print(a); exit();
}
