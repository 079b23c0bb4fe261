// CLAIM: --format html draws lists, ranges and distributions, what is printed at intervals over time, and what nothing prints
// SPEC: 7.1
// ARGS: --format html -r $DATA/web.pcap
// extension: not on AIX
/* Traffic of a capture: who sends, how large, when. */
range_t slots;
int packets;
long long unread;
@@BEGIN { set_range(slots, LINEAR, 0, 1500, 300); }
@@net:bpf:any:tcp:"ip" {
    packets++; unread += __ip4hdr->total_len;
    bytes[__ip4hdr->src_addr][__tcphdr->dst_port] += __ip4hdr->total_len;
    append(sizes[__ip4hdr->src_addr], __ip4hdr->total_len);
    add_dist(lengths[__ip4hdr->src_addr], __ip4hdr->total_len);
    add_dist(all, __ip4hdr->total_len);
    qrange(by_size[__ip4hdr->src_addr], slots, __ip4hdr->total_len);
    second[__tcphdr->dst_port]++;
}
@@interval:*:clock:500 { printf("%d packets\n", packets); print(second); clear(second); print(lengths); }
@@END { print(bytes); print(sizes); quantize(lengths); print(by_size); }
