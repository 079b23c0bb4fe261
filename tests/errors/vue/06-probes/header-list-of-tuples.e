// CLAIM: with several tuples every one must fill the header
// SPEC: 6.10.3
// EXIT: 2
@@net:bpf:eth0:tcp:"port 23", @@net:bpf:eth0:udp:"port 53" { printf("%d\n", __tcphdr->src_port); }
