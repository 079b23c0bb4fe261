// CLAIM: a quoted number is converted, with a warning
// SPEC: 4
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:eth0:tcp:"port 23" when (__tcphdr->dst_port == "23" && __tcphdr->flags == TH_SYN) { printf("syn\n"); }
