// CLAIM: in a file with named interfaces only those that are named
// SPEC: 6.10.2
// ARGS: -r $DATA/made/interfaces.pcapng
int n;
@@net:bpf:eth1:*:"" { n++; }
@@END { printf("%d\n", n); }
