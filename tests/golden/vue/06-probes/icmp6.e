// CLAIM: __icmp6: type and code
// SPEC: 6.10.10
// ARGS: -r $DATA/made/icmp6.pcap
int n, echo;
@@net:bpf:eth0:icmp6:"" { if (__icmp6->type == ICMP6_ECHO_REQUEST) echo++; if (__icmp6->type == ICMP6_DST_UNREACH && n < 3) { n++; printf("%d %d\n", __icmp6->type, __icmp6->code); } }
@@END { printf("%d\n", echo); }
