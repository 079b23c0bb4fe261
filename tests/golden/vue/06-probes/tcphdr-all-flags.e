// CLAIM: all nine control bits are in all_flags (extension); flags stays the six of AIX
// SPEC: 6.10.7
// ARGS: -r $DATA/made/tcp.pcap
int n, ece, cwr, ae, same;
@@net:bpf:any:tcp:"tcp" { n++;
    if (__tcphdr->all_flags & TH_ECE) ece++; if (__tcphdr->all_flags & TH_CWR) cwr++;
    if (__tcphdr->all_flags & TH_AE) ae++; if ((__tcphdr->all_flags & 0x3f) == __tcphdr->flags) same++; }
@@net:bpf:any:tcp:"tcp" when (__tcphdr->all_flags & TH_AE) { printf("%x %x\n", __tcphdr->flags, __tcphdr->all_flags); }
@@END { printf("%d segments, ECE %d, CWR %d, AE %d, same %d\n", n, ece, cwr, ae, same); }
