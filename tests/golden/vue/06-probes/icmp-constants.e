// CLAIM: types and codes by their constants
// SPEC: 6.10.9
// ARGS: -r $DATA/made/icmp4.pcap
int port, ttl, prohibited;
@@net:bpf:eth0:icmp4:"" {
    if (__icmp->type == ICMP_UNREACH && __icmp->code == ICMP_UNREACH_PORT) port++;
    if (__icmp->type == ICMP_TIMXCEED && __icmp->code == ICMP_TIMXCEED_INTRANS) ttl++;
    if (__icmp->type == ICMP_UNREACH && __icmp->code == ICMP_UNREACH_HOST_ADMIN_PROHIBITED) prohibited++;
}
@@END { printf("%d %d %d\n", port, ttl, prohibited); }
