// CLAIM: a captured packet has no number, nor has an event without a packet
// EXIT: 2
@@net:bpf:any:*:"" { printf("%llu\n", __pkt->id); }
@@net:tcp:state_change { printf("%llu\n", __pkt->id); }
