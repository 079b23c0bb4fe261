// CLAIM: %p is a path, not a pointer
// SPEC: 5.1
// EXIT: 2
@@net:bpf:eth0:tcp:"port 23" { printf("%p\n", __mdata); }
