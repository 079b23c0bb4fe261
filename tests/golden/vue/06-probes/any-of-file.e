// CLAIM: `any` is all interfaces of a file, whatever they are called
// SPEC: 6.10.1
// ARGS: -r $DATA/made/any.pcapng
int n, named;
@@net:bpf:any:*:"" { n++; }
@@net:bpf:eth0:*:"" { named++; }
@@END { printf("%d %d\n", n, named); }
