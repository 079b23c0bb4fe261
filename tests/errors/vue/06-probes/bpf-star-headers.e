// CLAIM: with protocol `*` no header built-ins
// SPEC: 6.10.2
// EXIT: 2
@@net:bpf:eth0:*:"port 23" { printf("%d\n", __tcphdr->src_port); }
