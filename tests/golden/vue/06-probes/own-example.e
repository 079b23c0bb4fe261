// CLAIM: connection attempts by source
// SPEC: 6.10.17
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:eth0|eth1:tcp:"tcp port 23"
    when ((__tcphdr->flags & TH_SYN) && !(__tcphdr->flags & TH_ACK))
{ tries[__ip4hdr->src_addr]++; }
@@END { print(tries); }
