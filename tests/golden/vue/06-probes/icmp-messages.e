// CLAIM: identifier, sequence number, MTU, gateway and target are there in messages that have them
// SPEC: 6.10.4
// ARGS: -r $DATA/made/icmp4.pcap -r $DATA/made/icmp6.pcap
@@net:bpf:any:icmp4:""
{ printf("icmp %d %d: %d %d %d %I\n", __icmp->type, __icmp->code, __icmp->id, __icmp->seq, __icmp->mtu, __icmp->gateway); }
@@net:bpf:any:icmp6:""
{ printf("icmp6 %d %d: %d %d %u %I\n", __icmp6->type, __icmp6->code, __icmp6->id, __icmp6->seq, __icmp6->mtu, __icmp6->target); }
