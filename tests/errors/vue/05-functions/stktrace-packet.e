// CLAIM: packets have no stack
// SPEC: 5.1
// EXIT: 2
@@net:bpf:eth0:tcp:"port 23" { stktrace(0, -1); }
