// CLAIM: protocol `*` takes packets of every link type that libpcap has filters for
// SPEC: 6.10.2
// ARGS: -r $DATA/made/link-wifi.pcap
// Of 14 frames 13 are data and one is a beacon (tshark: wlan.fc.type); the words exist on 802.11 only.
int all, data, management, large;
@@net:bpf:any:*:"" { all++; }
@@net:bpf:any:*:"type data" { data++; }
@@net:bpf:any:*:"type mgt and subtype beacon" { management++; }
@@net:bpf:any:*:"type data and greater 80" { large++; }
@@END { printf("%d %d %d %d\n", all, data, management, large); }
