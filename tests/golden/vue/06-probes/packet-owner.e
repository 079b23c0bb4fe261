// CLAIM: whose a packet is: the process that sends it here, or the one that it is for, in clauses of packets too; of what neither does it is unknown
// SPEC: 6.10.14
// ARGS: -r $DATA/packet_owners.pcapng
@@net:bpf:eth0:tcp:"" { n[__owner->uid][__owner->name][__tcphdr->dst_port == 80 or __tcphdr->dst_port == 443 ? "asks" : "answers"]++; }
@@net:bpf:eth0:icmp6:"" { n[__owner->uid][__owner->name]["icmp6"]++; unknown = __owner->pid; }
@@END { print(n); trace(unknown); }
