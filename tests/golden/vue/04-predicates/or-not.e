// CLAIM: `or` and `not`
// SPEC: 4
// ARGS: -r $DATA/telnet.pcap
// extension: unproven on AIX
int n;
@@net:bpf:eth0:tcp:"port 23" when (not (__tcphdr->flags & TH_ACK) or __tcphdr->flags & TH_SYN) { n++; }
@@END { printf("%d\n", n); }
