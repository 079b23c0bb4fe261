// CLAIM: tls_sni: the server that a hello asks for, also one of two segments; empty for hellos without and all else
// SPEC: 5.9
// ARGS: -r $DATA/names.pcap
// extension: AIX has no such function
@@net:bpf:any:tcp:"dst port 443" when (__pkt->payload_len > 0)
{ servers[tls_sni(__pkt->payload, __pkt->payload_len)][__pkt->ip_version]++; }
@@END { print(servers); }
