// CLAIM: control bits by their constants
// SPEC: 6.10.7
// ARGS: -r $DATA/made/tcp.pcap
int fin, syn, rst, push, ack, urg, n;
@@net:bpf:eth0:tcp:"ip" when (n < 256) { n++;
    if (__tcphdr->flags & TH_FIN) fin++; if (__tcphdr->flags & TH_SYN) syn++; if (__tcphdr->flags & TH_RST) rst++;
    if (__tcphdr->flags & TH_PUSH) push++; if (__tcphdr->flags & TH_ACK) ack++; if (__tcphdr->flags & TH_URG) urg++; }
@@END { printf("%d %d %d %d %d %d %d\n", n, fin, syn, rst, push, ack, urg); }
