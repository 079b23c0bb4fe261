// CLAIM: of comparisons that have both results nothing is said
// SPEC: 3.4
// ARGS: --check
// ARGV: 0
unsigned int size;
int n;
@@net:bpf:any:tcp:"" when (__tcphdr->flags & TH_SYN and (__tcphdr->flags & (TH_SYN | TH_ACK)) == TH_SYN) { exit(); }
@@net:bpf:any:tcp:"" when (__tcphdr->flags & 0xff) { exit(); }
@@net:bpf:any:tcp:"" when (__tcphdr->flags == 0x3f or __tcphdr->hdr_len == 60 or __ip4hdr->hdr_len > 20) { exit(); }
@@net:bpf:any:ipv4:"" when (__ip4hdr->ttl == 255 or __ip4hdr->ttl < 1 or __ip4hdr->frag_offset & 0x1fff) { exit(); }
@@net:bpf:any:tcp:"" when (__tcphdr->dst_port == $1 || $1 == 0) { exit(); }
@@net:bpf:any:tcp:"" when (__tcphdr->dst_port >= $1) { exit(); }
@@net:bpf:any:tcp:"" when (__tcphdr->seq_num - __tcphdr->ack_num > 0x7fffffff) { exit(); }
@@net:bpf:any:tcp:"" when (__ip4hdr->src_addr == "192.0.2.1" or __ip6hdr->src_addr == "2001:db8::1") { exit(); }
@@net:bpf:any:tcp:""
{
    size = __tcphdr->hdr_len;
    n = size;
    if (size == -1) exit();
    if (n < 0 or n - 1 < 0) exit();
    if (!(__tcphdr->flags & TH_SYN) == 1) exit();
    if ((size << 28) == 0x10000000) exit();
    if (size * 3 == 7 and ~n == -1 and -n < 0) exit();
}
