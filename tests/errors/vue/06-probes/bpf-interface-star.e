// CLAIM: no `*` for the interface
// SPEC: 6.10.2
// EXIT: 2
@@net:bpf:*:tcp:"port 23" { }
