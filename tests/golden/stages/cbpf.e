// CLAIM: filters as libpcap compiles them; these two are the same in every version of it
// ARGS: -d cbpf
@@net:bpf:eth0:*:"ip" { exit(); }
@@net:bpf:eth0:*:"" { exit(); }
