// CLAIM: requests of HTTP are counted by client and by the host that they ask for
// SPEC: 5.9
// ARGS: -r $DATA/names.pcap
// extension: AIX has no such function
@@net:bpf:any:tcp:"dst port 80 or dst port 8080"
{
    __auto String host[100];
    host = http_field(__pkt->payload, __pkt->payload_len, "Host");
    if (host != "") requests[__pkt->src_addr][host]++;
}
@@END { print(requests); }
