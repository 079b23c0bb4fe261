// CLAIM: rates are numbers in JSON, of type "rate"
// SPEC: 5.7
// extension: AIX has no JSON
// ARGS: --format json -r $DATA/web.pcap
@@net:bpf:any:tcp:"tcp" { n[__pkt->src_addr]++; }
@@interval:*:clock:600 { rate(n, 2); exit(); }
