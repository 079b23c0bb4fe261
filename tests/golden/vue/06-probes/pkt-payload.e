// CLAIM: __pkt->payload is where the payload begins, whatever headers stand before
// SPEC: 6.10.4
// ARGS: -r $DATA/web.pcap
@@net:bpf:any:tcp:"port 80" when (__pkt->payload_len > 0 && __pkt->dst_port == 80)
{ asked[get_kstring(__pkt->payload, 14)]++; }
@@net:bpf:any:tcp:"port 80" when (__pkt->payload_len == 0) { empty++; }
@@END { print(asked); printf("%d without\n", empty); }
