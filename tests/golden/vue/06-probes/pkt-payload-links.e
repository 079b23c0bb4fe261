// CLAIM: __pkt->payload is the same bytes on Ethernet, cooked of both versions, raw and BSD loopback; an offset from __mdata is not
// SPEC: 6.10.4
// ARGS: -r $DATA/made/format-little-micro.pcap -r $DATA/made/link-sll.pcap -r $DATA/made/link-sll2.pcap -r $DATA/made/link-raw.pcap -r $DATA/made/link-null-little.pcap
unsigned short id;
@@net:bpf:any:udp:"" when (__pkt->dst_port == 53)
{
    copy_kdata(__pkt->payload, id);
    by_payload[id]++;
    copy_kdata((char *)__mdata + 42, id);
    by_offset[id]++;
}
@@END { print(by_payload, PRINT_HEX); print(by_offset, PRINT_HEX); }
