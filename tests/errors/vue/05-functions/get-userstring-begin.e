// CLAIM: there is no process in packet probes
// SPEC: 5.4
// EXIT: 2
@@net:bpf:eth0:tcp:"port 23" { printf("%s\n", get_userstring(__mdata, 4)); }
