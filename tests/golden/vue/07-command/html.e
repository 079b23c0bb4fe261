// CLAIM: --format html: one page with tables, pictures, text, script and figures of the session, the same each time
// SPEC: 7.1
// ARGS: --format html -r $DATA/web.pcap
// ARGV: "an <argument>"
// extension: not on AIX
int syn;
@@net:bpf:any:tcp:"ip and tcp[tcpflags] == tcp-syn" {
    syn++;
    bytes[__ip4hdr->dst_addr][__tcphdr->dst_port] += __ip4hdr->total_len;
}
@@END { print(bytes); printf("a <line>\n"); eprintf("beside it\n"); }
