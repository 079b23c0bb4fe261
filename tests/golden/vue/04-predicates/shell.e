// CLAIM: shell variables
// SPEC: 4
// ARGS: -r $DATA/telnet.pcap
// ARGV: 23 TH_SYN
@@net:bpf:eth0:tcp:"port 23" when (__tcphdr->dst_port == $1 && __tcphdr->flags == $2) { printf("syn\n"); }
