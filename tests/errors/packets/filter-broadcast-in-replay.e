// CLAIM: a filter that needs the netmask of a capture that does not say it
// EXIT: 2
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:any:tcp:"tcp or ip broadcast" { n++; }
