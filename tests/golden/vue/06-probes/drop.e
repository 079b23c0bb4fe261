// CLAIM: packets that are dropped: why and where, the packet, its device while it still has one, and whose it was
// SPEC: 6.10.14
// extension: AIX has no such event
// ARGS: -r $DATA/calls.pcapng
@@net:skb:drop
{ drops[__drop->reason_str][__drop->symbol][__netdev->dev_name][__netdev->wire_length][__udphdr->dst_port][__owner->uid]++; }
@@net:skb:drop when (__drop->reason_str == "NO_SOCKET" && __tcphdr->dst_port != 0)
{ printf("%I:%d refused, flags %x, EtherType %04x, %u bytes\n", __ip4hdr->dst_addr, __tcphdr->dst_port, __tcphdr->flags, __netdev->protocol, __netdev->length); }
@@END { print(drops); }
