// CLAIM: a header that the protocol never fills is an error
// SPEC: 6.10.3
// EXIT: 2
@@net:bpf:eth0:tcp:"port 23" { printf("%d\n", __udphdr->src_port); }
