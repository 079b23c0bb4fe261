// CLAIM: __tcphdr: the members
// SPEC: 6.10.7
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { n = 1;
    printf("%d %d %d %u %u %u %d %d %d\n", __tcphdr->src_port, __tcphdr->dst_port, __tcphdr->flags, __tcphdr->seq_num, __tcphdr->ack_num,
        __tcphdr->hdr_len, __tcphdr->cksum, __tcphdr->window, __tcphdr->urg_ptr);
    printf("%d %d\n", sizeof(__tcphdr->hdr_len), sizeof(__tcphdr->flags)); }
