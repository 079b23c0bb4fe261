// CLAIM: @@net:bpf has an interface, a protocol and a filter
// SPEC: 6.10.2
// EXIT: 2
@@net:bpf:eth0:tcp { }
