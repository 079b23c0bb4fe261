// CLAIM: segments that arrive: their ends, headers and device, and those of a port that nobody listens at
// SPEC: 6.10.14
// extension: AIX has no such event
// ARGS: -r $DATA/segments.pcapng
@@net:tcp:receive when (__proto_info->local_port == 81 || __proto_info->remote_port == 81)
{ printf("%I > %I flags %x ttl %d %s\n", __proto_info->remote_addr, __proto_info->local_addr, __tcphdr->flags, __ip4hdr->ttl, __netdev->dev_name); }
@@net:tcp:receive { n[__proto_info->local_addr][__tcphdr->flags]++; }
@@END { set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND); print(n); }
