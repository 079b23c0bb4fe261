// CLAIM: pointers are dereferenced to reach packet data
// SPEC: 2.1
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:*:"port 23" when (n == 0)
{
    __auto char *p;
    p = (char *)__mdata;
    printf("%x %x %x\n", p[0], *(p + 5), p[12]);
    n = 1;
}
