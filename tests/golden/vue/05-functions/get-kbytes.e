// CLAIM: get_kbytes copies at the most so many bytes
// SPEC: 5.4
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:*:"port 23" when (n == 0) { char a[6]; get_kbytes(__mdata, a, 2); printf("%x %x %x\n", a[0], a[1], a[2]); n = 1; }
