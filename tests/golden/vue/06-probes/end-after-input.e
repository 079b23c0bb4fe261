// CLAIM: END runs when the input ends
// SPEC: 6.1
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:eth0:udp:"port 23" { printf("never\n"); }
@@END { printf("end\n"); }
