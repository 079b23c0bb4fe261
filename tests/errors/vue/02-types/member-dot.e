// CLAIM: built-ins have their members behind ->
// SPEC: 2.1
// EXIT: 2
@@net:bpf:eth0:tcp:"port 23" { printf("%d\n", __tcphdr.src_port); }
