#VUE_CMD_ARGS -c timestamp=0 -r ../../../data/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 2) { n++; printf("%d\n", n); }
