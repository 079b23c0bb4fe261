// CLAIM: -> through a pointer
// SPEC: 2.1
// ARGS: -r $DATA/telnet.pcap
struct ip { unsigned char vhl; unsigned char tos; unsigned char rest[6]; unsigned char ttl; unsigned char proto; };
int n;
@@net:bpf:eth0:*:"port 23" when (n == 0)
{
    __auto struct ip *p;
    p = (struct ip *)((char *)__mdata + 14);
    printf("%x %d %d\n", p->vhl, p->ttl, p->proto);
    n = 1;
}
