// CLAIM: connection requests that ask for ECN are found by the names of their flags (extension)
// SPEC: 6.10.7
// ARGS: -r $DATA/made/tcp.pcap
@@net:bpf:any:tcp:"" when ((__tcphdr->all_flags & (TH_SYN | TH_ACK)) == TH_SYN)
{
    syn++;
    if ((__tcphdr->all_flags & (TH_ECE | TH_CWR)) == (TH_ECE | TH_CWR)) { ask++; }
    if (__tcphdr->all_flags == (TH_SYN | TH_ECE | TH_CWR)) { only++; }
}
@@END { printf("%d requests, %d ask for ECN, %d of them with no other flag\n", syn, ask, only); }
