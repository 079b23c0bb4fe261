// CLAIM: after exit() no other clause runs for the packet, nor the same one for another of its groups
// SPEC: 5.3
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:eth0:tcp:"port 23" { printf("first\n"); exit(); }
@@net:bpf:eth0:tcp:"" { printf("second\n"); }
@@net:bpf:eth0:*:"" { printf("third\n"); }
@@END { printf("end\n"); }
