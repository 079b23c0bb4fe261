// CLAIM: the first field names the probe manager
// SPEC: 6.0
// EXIT: 2
@@nett:bpf:eth0:tcp:"port 23" { }
