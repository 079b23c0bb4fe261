// CLAIM: the protocols are known by name
// SPEC: 6.10.2
// EXIT: 2
@@net:bpf:eth0:ip:"port 23" { }
