// CLAIM: copies of raw data into typed variables are in host byte order
// SPEC: 6.10.2
// ARGS: -r $DATA/telnet.pcap
// differs: AIX is big-endian and copies bytes; the conversion keeps its scripts right on x86
struct ports { unsigned short src; unsigned short dst; unsigned int seq; };
int n;
@@net:bpf:eth0:*:"port 23" when (n == 0) { struct ports p; n = 1; copy_kdata((char *)__mdata + 34, p); printf("%d %d %u\n", p.src, p.dst, p.seq); }
