// CLAIM: the target may be a scalar
// SPEC: 5.4
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:*:"port 23" when (n == 0) { unsigned short type; copy_kdata((char *)__mdata + 12, type); printf("%x\n", type); n = 1; }
