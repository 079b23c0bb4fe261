// CLAIM: comparisons and masks with one result only are told of, with what the values can be
// SPEC: 3.4
// ARGS: --check
unsigned short port;
unsigned long long big;
@@net:bpf:any:tcp:"" when (__tcphdr->flags & 0xc0) { exit(); }
@@net:bpf:any:tcp:"" when ((__tcphdr->flags & TH_SYN) == 1) { exit(); }
@@net:bpf:any:tcp:"" when ((__tcphdr->flags & 0x3) == 0x12) { exit(); }
@@net:bpf:any:ipv4:"" when (__ip4hdr->ttl == 300) { exit(); }
@@net:bpf:any:tcp:"" when (__tcphdr->dst_port > 65535) { exit(); }
@@net:bpf:any:tcp:"" when (__tcphdr->seq_num < 0) { exit(); }
@@net:bpf:any:tcp:"" when (__tcphdr->dst_port >= 0) { exit(); }
@@net:bpf:any:ipv4:"" when (__ip4hdr->hdr_len == 21) { exit(); }
@@net:bpf:any:ipv6:"" when (__ip6hdr->flow_label == 0x100000) { exit(); }
@@net:bpf:any:tcp:"" when (__etherhdr->vlan == 4096) { exit(); }
@@net:bpf:any:tcp:"" when (__tcphdr->flags | TH_SYN) { exit(); }
@@net:bpf:any:tcp:"" when (__ip4hdr->src_addr == "2001:db8::1") { exit(); }
@@net:bpf:any:tcp:"" when (__ip6hdr->dst_addr != "192.0.2.1") { exit(); }
@@net:bpf:any:tcp:"" when (70000 == __tcphdr->dst_port) { exit(); }
@@net:tcp:state_change when (__proto_info->local_port == "80000") { exit(); }
@@net:bpf:any:tcp:""
{
    port = __tcphdr->dst_port;
    if (port == -1) exit();
    if (big < 0) exit();
    if (port % 4 > 3) exit();
    if ((port >> 8) != 256) exit();
    if (!(__tcphdr->flags & 0x40)) exit();
}
