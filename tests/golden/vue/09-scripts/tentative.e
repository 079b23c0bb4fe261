#!/usr/bin/probevue
// CLAIM: a tentative script: the packets of a connection are printed only when it is reset
// SPEC: 9
// ARGS: -r $DATA/web.pcap
int resets;

@@net:bpf:eth0:tcp:"tcp port 82 and ip"
{
    start_tentative("refused");
    printf("%I:%d > %I:%d flags %x\n", __ip4hdr->src_addr, __tcphdr->src_port, __ip4hdr->dst_addr, __tcphdr->dst_port, __tcphdr->flags);
    end_tentative("refused");
    if (__tcphdr->flags & TH_RST) {
        resets++;
        commit_tentative("refused");
    }
}

@@net:bpf:eth0:tcp:"tcp port 8080 and ip"
{
    start_tentative("served");
    printf("%d\n", __tcphdr->flags);
    end_tentative("served");
    if (__tcphdr->flags & TH_FIN)
        discard_tentative("served");
}

@@END { printf("%d resets\n", resets); }
