// CLAIM: addresses from raw packet data
// SPEC: 5.9
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:*:"port 23" when (n == 0) { unsigned int a; copy_kdata((char *)__mdata + 26, a); printf("%I\n", convert_ip4_addr(a)); n = 1; }
