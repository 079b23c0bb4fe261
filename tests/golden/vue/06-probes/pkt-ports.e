// CLAIM: ports of TCP, UDP, UDP-Lite, SCTP and DCCP, for a script that asks for nothing that lies deeper (extension)
// SPEC: 6.10.4
// ARGS: -r $DATA/made/ports.pcap -r $DATA/made/uncut.pcap
@@net:bpf:any:*:"" when (__pkt->src_port != 0 || __pkt->dst_port != 0) { packets[__pkt->src_port][__pkt->dst_port]++; }
@@END { print(packets); }
