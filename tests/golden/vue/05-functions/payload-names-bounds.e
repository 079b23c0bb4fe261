// CLAIM: names in payload: no more is read than was captured, than the length says, and than lies in the packet
// SPEC: 5.9
// ARGS: -r $DATA/dns.pcap
// extension: AIX has no such function
int n;
@@net:bpf:any:udp:"ip and dst port 53" when (__pkt->number == 1)
{
    printf("[%s] [%s]\n", dns_name(__pkt->payload, 100000), dns_name(__pkt->payload, -1));
    printf("[%s] [%s] [%s]\n", dns_name(__pkt->payload, 33), dns_name(__pkt->payload, 32), dns_name(__pkt->payload, 0));
    printf("[%s] [%s] [%s]\n", dns_name(0, 100), dns_name((char *)__mdata - 1, 100), dns_name((char *)__mdata + __pkt->caplen, 100));
    printf("[%s] [%s]\n", tls_sni(__pkt->payload, 100), http_field(__pkt->payload, 100, "Host"));
}
