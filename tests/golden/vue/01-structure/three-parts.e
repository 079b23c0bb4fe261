// CLAIM: a clause is a probe, a predicate and an action block, in this order
// SPEC: 1.1
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:eth0:tcp:"port 23" when (__tcphdr->flags & TH_SYN) { printf("%d\n", __tcphdr->dst_port); }
