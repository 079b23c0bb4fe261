// CLAIM: protocol `*` takes packets of every link type that libpcap has filters for
// SPEC: 6.10.2
// ARGS: -r $DATA/made/link-wifi.pcap
int all, long_ones;
@@net:bpf:any:*:"" { all++; }
@@net:bpf:any:*:"greater 1 and not type ctl" { long_ones++; }
@@END { printf("%d %d\n", all, long_ones); }
