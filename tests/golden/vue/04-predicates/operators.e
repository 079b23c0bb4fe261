// CLAIM: comparison, arithmetic, bit, logical and conditional operators
// SPEC: 4
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23"
    when (((__tcphdr->src_port - 3) % 10 == 9 ? __tcphdr->flags & TH_SYN : 0) != 0 && !(__tcphdr->flags & TH_ACK) || __tcphdr->window > 65000)
{ n++; }
@@END { printf("%d\n", n); }
