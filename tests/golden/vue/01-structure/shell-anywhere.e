// CLAIM: shell elements stand in tuples, predicates and statements
// SPEC: 1.7
// ARGS: -r $DATA/telnet.pcap
// ARGV: bpf 23 TH_SYN
@@net:$1:eth0:tcp:"port 23" when (__tcphdr->dst_port == $2 && __tcphdr->flags & $3) { printf("%d\n", $2); }
