// CLAIM: a bad filter is refused in a replay too
// EXIT: 2
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:any:tcp:"prt 23" { exit(); }
