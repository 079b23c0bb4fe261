// CLAIM: an empty action block is accepted
// SPEC: 1.1
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:eth0:tcp:"port 23" { }
@@END { printf("end\n"); }
