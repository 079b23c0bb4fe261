// CLAIM: is_local: loopback addresses are of this host, those of documents and of groups are not, and no subnet is
// SPEC: 5.9
// extension: AIX has no such function
@@BEGIN {
    ip_addr_t none;
    printf("%d%d%d%d ", is_local("127.0.0.1"), is_local("127.255.0.9"), is_local("::1"), is_local("::ffff:127.0.0.1"));
    printf("%d%d%d%d%d%d\n", is_local("203.0.113.77"), is_local("224.0.0.1"), is_local("2001:db8:77::1"), is_local(none), is_local("::"), is_local(subnet("127.0.0.1", 8)));
    exit();
}
