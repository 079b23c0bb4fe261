// CLAIM: dns_name: the name that is asked for, over UDP and TCP, both versions of IP; as often as tshark finds it
// SPEC: 5.9
// ARGS: -r $DATA/names.pcap
// extension: AIX has no such function
@@net:bpf:any:*:"port 53" { names[dns_name(__pkt->payload, __pkt->payload_len)]++; }
@@END { print(names); }
