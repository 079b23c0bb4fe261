// CLAIM: no `*` for the filter
// SPEC: 6.10.2
// EXIT: 2
@@net:bpf:eth0:tcp:* { }
