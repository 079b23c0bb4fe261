// CLAIM: several interfaces joined with |
// SPEC: 6.10.2
// ARGS: -r $DATA/made/interfaces.pcapng
int n;
@@net:bpf:eth0|eth1:*:"" { n++; }
@@END { printf("%d\n", n); }
