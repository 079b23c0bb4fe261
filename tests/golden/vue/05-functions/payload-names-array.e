// CLAIM: names are found in an array too, and nothing behind its end
// SPEC: 5.9
// ARGS: -r $DATA/dns.pcap
// extension: AIX has no such function
@@net:bpf:any:udp:"ip and dst port 53" when (__pkt->number == 1)
{
    char whole[33], cut[32];
    get_kbytes(__pkt->payload, whole, 33);
    get_kbytes(__pkt->payload, cut, 32);
    printf("[%s] [%s] [%s] [%s]\n", dns_name(whole, 33), dns_name(whole, 1000), dns_name(whole, -1), dns_name(whole, 32));
    printf("[%s] [%s]\n", dns_name(cut, 32), dns_name(cut, 33));
}
