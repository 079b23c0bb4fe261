// CLAIM: with protocol `*` every packet that matches the filter
// SPEC: 6.10.2
// ARGS: -r $DATA/mixed.pcapng
int n;
@@net:bpf:eth0:*:"" { n++; }
@@END { printf("%d\n", n); }
