// CLAIM: net_info_t: members are read and assigned with .
// SPEC: 2.11
net_info_t n2;
@@BEGIN {
    ip_addr_t a; a = "10.0.0.1";
    n2.local_addr = a; n2.local_port = 80; n2.remote_addr = "::1"; n2.remote_port = n2.local_port + 1;
    printf("%I:%d %I:%d\n", n2.local_addr, n2.local_port, n2.remote_addr, n2.remote_port); exit();
}
