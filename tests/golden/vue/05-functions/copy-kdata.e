// CLAIM: copy_kdata fills a variable from the packet, named without &
// SPEC: 5.4
// ARGS: -r $DATA/telnet.pcap
struct ether_header { char ether_dhost[6]; char ether_shost[6]; short ether_type; };
int n;
@@net:bpf:eth0:*:"port 23" when (n == 0)
{
    __auto char *mb;
    __auto struct ether_header eth;
    mb = (char *)__mdata;
    copy_kdata(mb, eth);
    printf("%x %x:%x\n", eth.ether_type, eth.ether_shost[0], eth.ether_shost[5]);
    n = 1;
}
