// CLAIM: when may stand on its own line, with nested parentheses
// SPEC: 4
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:eth0:tcp:"port 23"
    when ((__tcphdr->flags == TH_SYN))
{ printf("syn\n"); }
