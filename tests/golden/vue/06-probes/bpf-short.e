// CLAIM: the interface of a packet probe may be left out, which is `any`, and the protocol, which is `*`
// SPEC: 6.10.2
// extension: AIX wants both
// ARGS: -r $DATA/web.pcap
@@net:bpf::tcp:"port 8080" { a++; }
@@net:bpf:any::"port 8080" { b++; }
@@net:bpf:::"port 8080" { c++; printed[get_probe()]++; }
@@net:bpf:any:*:"port 8080" { d++; }
@@END { printf("%d %d %d %d\n", a, b, c, d); print(printed); }
