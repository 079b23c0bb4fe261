/* Bytes of packets as they lie, in variables of all sorts, and groups and tunnels. */
struct head {
    unsigned char version;
    unsigned short length;
    unsigned int id;
    unsigned long long rest;
};
struct head seen;
int words[4];

@@net:bpf:any:*:"len > 0"
{
    String text[64];
    unsigned char bytes[16];

    copy_kdata(__mdata, seen);
    copy_kdata(__pkt->payload, words);
    get_kbytes(__pkt->payload, bytes, __pkt->payload_len);
    text = get_kstring(__pkt->payload, 63);
    group_output_start();
    printf("%A %W %u of %u: %x %hx %08x %llx %s|\n", timestamp(), timestamp(), __pkt->caplen, __pkt->len, seen.version, seen.length,
           seen.id, seen.rest, text);
    hexdump(__mdata, 48);
    hexdump(__pkt->payload, __pkt->payload_len);
    group_output_end();
    trace(bytes[__pkt->len & 15]);
    trace(words[1] / (words[2] % 7));
    printf("%I %s %d %d\n", __pkt->src_addr, ip_ntop(__pkt->dst_addr), is_private(__pkt->src_addr),
           ip_in(__pkt->dst_addr, "10.0.0.0/8"));
    inner[__inner->kind][__inner->vni][__inner->src_addr][__inner->dst_addr] += (long long)__inner->len;
}

@@net:bpf:any:group:""
{
    groups[__group->type][__group->addr][__pkt->src_addr]++;
}

@@net:bpf:any:igmp:""
{
    printf("%I %d %d\n", igmp_group(0), igmp_record(1), igmp_sources(2));
}

@@END
{
    print(inner);
    print(groups);
}
