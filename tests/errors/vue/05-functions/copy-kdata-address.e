// CLAIM: the target is a variable
// SPEC: 5.4
// EXIT: 2
@@net:bpf:eth0:*:"port 23" { copy_kdata(__mdata, 5); }
