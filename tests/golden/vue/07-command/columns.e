// CLAIM: --columns always: what print and its kin show stands in columns, bars below a scale
// SPEC: 7.1
// ARGS: --columns always -r $DATA/web.pcap
// extension: not on AIX
probev_timestamp_t last;
@@net:bpf:any:tcp:"ip" {
    bytes[__pkt->src_addr] += __pkt->len;
    packets[__pkt->src_addr]++;
    append(sizes[__pkt->src_addr], __pkt->ip_len);
    if (packets[__pkt->src_addr] > 1) add_dist(gap, diff_time(last, timestamp(), MICROSECONDS));
    last = timestamp();
    total += __pkt->len;
}
@@END {
    print(bytes);
    quantize(bytes);
    rate(bytes);
    print(sizes);
    quantize(gap);
    lquantize(packets);
    top(packets, 1);
    print_table("%-12I %7d %8d %8d\n", "HOST PACKETS BYTES MAX", packets, bytes, max(sizes));
    printf("%d\n", total);
}
