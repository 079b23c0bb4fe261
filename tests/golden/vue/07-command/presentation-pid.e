// CLAIM: -c pid shows only these processes; packets belong to none and are shown
// SPEC: 7.1
// ARGS: -c pid=999999 -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" { if (n++ == 0) printf("packet\n"); }
