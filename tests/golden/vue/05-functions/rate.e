// CLAIM: rate prints what each element gained by second since the last look, or since the first packet, the most first
// SPEC: 5.7
// extension: AIX prints arrays as they are
// ARGS: -r $DATA/web.pcap
@@net:bpf:any:tcp:"tcp" { n[__pkt->src_addr]++; share[__pkt->ip_version] += 0.5; }
@@interval:*:clock:500 { rate(n); }
@@interval:*:clock:1000 { rate(share, 1); rate(n, SORT_TYPE_ASCEND); clear(n); }
@@interval:*:clock:1500 { delete(n, "192.0.2.2"); exit(); }
