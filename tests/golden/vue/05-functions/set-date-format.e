// CLAIM: set_date_format changes %A
// SPEC: 5.1
// ARGS: -r $DATA/telnet.pcap
int n;
@@BEGIN { set_date_format("%Y-%m-%d %H:%M:%S"); }
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { n = 1; printf("%A\n", timestamp()); }
