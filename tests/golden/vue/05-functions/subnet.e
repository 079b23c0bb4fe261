// CLAIM: subnet: the network of an address, printed with its length, and as a key
// SPEC: 5.9
// extension: AIX has no such function
@@BEGIN {
    ip_addr_t a, b, c;
    a = "10.1.2.3"; b = "2001:db8:1::5"; c = "::ffff:10.1.2.3";
    printf("%I %I %I %I %I\n", subnet(a, 24), subnet(a, 0), subnet(a, 32), subnet(a, 13), subnet(c, 24));
    printf("%I %I %I %I %I\n", subnet(b, 32), subnet(b, 24, 64), subnet(b, 0, 128), subnet(b, 0), subnet("::ff:0:0:1", 24, 90));
    printf("[%16I] [%-16I] [%H]\n", subnet(a, 24), subnet(a, 8), subnet("127.0.0.0", 8));
    // What is a subnet already is not made smaller, and is not the address that it begins with.
    printf("%I %I %d%d%d\n", subnet(subnet(a, 8), 24), subnet(subnet(a, 24), 8), subnet(a, 8) == "10.0.0.0",
           subnet(a, 24) == subnet("10.1.2.9", 24), subnet(a, 24) == subnet(a, 25));
    printf("%d%d%d %d%d\n", ip_in(subnet(a, 8), "10.0.0.0/8"), ip_in(subnet(a, 7), "10.0.0.0/8"), ip_in(subnet(a, 9), "10.0.0.0/8"),
           is_private(subnet(a, 8)), is_private(subnet(a, 7)));
    trace(subnet(a, 24)); trace(subnet(b, 24, 48));
    n[subnet(a, 24)] = 3; n[subnet(a, 16)] = 5; n[subnet("10.1.2.250", 24)] += 4; n[subnet(a, 32)] = 1; n[a] = 1; n[subnet("10.1.0.0", 24)] = 2;
    n[subnet(b, 24, 48)] = 9; where["x"] = subnet(b, 24, 32);
    print(n, 0, SORT_BY_KEY | SORT_TYPE_ASCEND); print(where);
    exit();
}
