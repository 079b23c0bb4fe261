// CLAIM: an unknown header variable
// EXIT: 2
@@net:bpf:eth0:tcp:"port 80" { printf("%d\n", __tcphd->src_port); }
