// CLAIM: a network that is none is said, and what to write instead
// SPEC: 5.9
// extension: AIX has no such functions
// EXIT: 2
ip_addr_t a;
int bits;
@@BEGIN {
    bits = ip_in(a, "10.1.2.3/8");
    bits = ip_in(a, "2001:db8::1/32");
    bits = ip_in(a, "10.0.0.0/33");
    bits = ip_in(a, "::/129");
    bits = ip_in(a, "10.0.0.0/");
    bits = ip_in(a, "10.0.0.0/08");
    bits = ip_in(a, "10.0.0.0/+8");
    bits = ip_in(a, "10.0.0.0/255.0.0.0");
    bits = ip_in(a, "10.0.0/8");
    bits = ip_in(a, "localhost");
    bits = ip_in(a, "");
    bits = ip_in(a, "::ffff:10.1.0.0/104");
    bits = ip_in(a, "::ffff:0:0/95");
    bits = ip_in(a, a);
    bits = ip_in(5, "10.0.0.0/8");
    bits = ip_in(a);
    a = subnet(a, 33);
    a = subnet(a, 64);
    a = subnet(a, -1);
    a = subnet(a, bits);
    a = subnet(a, 24, 129);
    a = subnet(a, 64, 64);
    a = subnet("10.0.0.1");
    bits = is_private(bits);
    bits = is_privat(a);
}
@@net:bpf:any:ipv6:"ip6" { a = subnet(__ip6hdr->src_addr, 129); a = subnet(__ip6hdr->src_addr, 64); }
@@net:bpf:any:tcp:"" when (is_local(__ip4hdr->src_addr)) { exit(); }
