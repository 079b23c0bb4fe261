// CLAIM: a script mixes probe types; output is in time order
// SPEC: 6.0
// ARGS: -r $DATA/telnet.pcap
int n, ticks;
@@net:bpf:eth0:tcp:"port 23" when (ticks == 0 && n < 2) { n++; printf("packet\n"); }
@@interval:*:clock:100 when (ticks == 0) { ticks++; printf("tick\n"); }
@@END { printf("end\n"); }
