// CLAIM: a small script, looked at behind every stage: the other cases of this folder dump it
// ARGS: -r $DATA/telnet.pcap
/* Packets to and from port 23 by direction, and the bytes of them. */
int bytes;

@@net:bpf:eth0:tcp:"port 23"
    when (__tcphdr->flags & TH_PUSH)
{
    packets[__ip4hdr->src_addr]++;
    bytes += __ip4hdr->total_len - 40;
}

@@END
{
    printf("%d bytes\n", bytes);
    print(packets);
    print_table("%-15I %6d\n", "CLIENT PACKETS", packets);
}
