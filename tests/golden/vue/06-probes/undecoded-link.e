// CLAIM: of a link type that is not decoded only clauses with protocol * see packets, which is said
// SPEC: 6.10.2
// ARGS: -r $DATA/bad/link-usb.pcap
int all, tcp;
@@net:bpf:any:*:"" { all++; }
@@net:bpf:any:tcp:"" { tcp++; }
@@END { printf("%d %d\n", all, tcp); }
