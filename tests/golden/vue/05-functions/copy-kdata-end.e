// CLAIM: what lies behind the packet reads as 0, and ends nothing
// SPEC: 5.4
// ARGS: -r $DATA/telnet.pcap
// STDERR: ignore
int n;
@@net:bpf:eth0:*:"port 23" when (n == 0) { long long v; v = 5; copy_kdata((char *)__mdata + 100000, v); printf("%lld\n", v); n = 1; }
