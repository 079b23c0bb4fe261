// CLAIM: the target may be an array
// SPEC: 5.4
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:*:"port 23" when (n == 0) { char a[6]; copy_kdata(__mdata, a); printf("%x %x\n", a[0], a[5]); n = 1; }
