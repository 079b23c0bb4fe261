// CLAIM: an error in a filter points into it
// SPEC: 6.10.2
// EXIT: 2
@@net:bpf:eth0:tcp:"port 23 and prot 5" { }
