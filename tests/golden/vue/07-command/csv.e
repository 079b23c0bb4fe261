// CLAIM: --format csv: tables with a header, a column for each key, number and argument, lines that end in CRLF
// SPEC: 7.1
// ARGS: --format csv -r $DATA/web.pcap
// extension: not on AIX
String quoted[32];
@@net:bpf:any:tcp:"ip and tcp[tcpflags] == tcp-syn" {
    quoted = "a \"b\", c";
    append(sizes[__ip4hdr->dst_addr][__tcphdr->dst_port], __ip4hdr->total_len);
    printf("%I %d %s\n", __ip4hdr->dst_addr, __tcphdr->dst_port, quoted);
}
@@END { print(sizes); eprintf("not in the table\n"); }
