// CLAIM: addresses have an order: IPv4 before IPv6, then by their bytes; keys are sorted by it
// SPEC: 2.10
// extension: AIX compares them with `==` and `!=` alone
@@BEGIN {
    ip_addr_t nine, ten, high, six, mapped;
    nine = "10.0.0.9"; ten = "10.0.0.10"; high = "200.0.0.1"; six = "::1"; mapped = "::ffff:10.0.0.9";
    printf("%d%d%d%d ", nine < ten, nine <= ten, nine > ten, nine >= ten);
    printf("%d%d%d%d ", ten < ten, ten <= ten, ten > ten, ten >= ten);
    printf("%d%d%d%d ", high < nine, high <= nine, high > nine, high >= nine);
    printf("%d%d%d%d\n", high < six, high <= six, high > six, high >= six);
    printf("%d%d %d%d %d%d\n", ten < "10.0.1.0", "10.0.1.0" < ten, "::2" > six, six >= "::1", nine < mapped, !(mapped < nine));
    n[six] = 1; n[high] = 2; n[ten] = 3; n[mapped] = 4; n[nine] = 5;
    print(n, 0, SORT_TYPE_ASCEND | SORT_BY_KEY);
    exit();
}
