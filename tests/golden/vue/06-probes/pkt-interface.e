// CLAIM: which packet of its file it is, the interface it came by, and whither it goes
// SPEC: 6.10.4
// ARGS: -r $DATA/made/interfaces.pcapng
@@net:bpf:any:*:"" when (__pkt->number <= 4) { printf("%d %s %d\n", __pkt->number, __pkt->ifname, __pkt->direction == PKT_IN); }
