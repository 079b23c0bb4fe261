// CLAIM: options of TCP are members, 0 where they are absent
// SPEC: 6.10.4
// ARGS: -r $DATA/made/tcp-options.pcap
@@net:bpf:any:tcp:"ip"
{
    printf("%d bytes: mss %d, shift %d, SACK %d with %d blocks, %u %u\n", __tcphdr->options_len, __tcphdr->mss, __tcphdr->wscale,
           __tcphdr->sack_ok, __tcphdr->sack_blocks, __tcphdr->ts_val, __tcphdr->ts_ecr);
}
