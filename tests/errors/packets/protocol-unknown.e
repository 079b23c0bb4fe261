// CLAIM: an unknown protocol
// EXIT: 2
@@net:bpf:eth0:tpc:"port 80" { exit(); }
@@net:bpf:eth0:ipv5:"port 80" { exit(); }
@@net:bpf:eth0:sctp:"port 80" { exit(); }
