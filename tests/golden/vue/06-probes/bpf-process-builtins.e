// CLAIM: process built-ins have no meaning of their own in packet probes
// SPEC: 6.10.2
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { n = 1; printf("%lld [%s]\n", __pid, __pname); }
