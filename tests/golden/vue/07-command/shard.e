// CLAIM: --shard runs clauses for the packets of one part; intervals, numbers and the clock are those of all packets
// SPEC: 7.3
// extension: AIX has no such flag
// ARGS: --shard 2/4 -r $DATA/web.pcap
@@net:bpf:any:*:"" { packets++; numbers += __pkt->number; }
@@interval:*:clock:100 { ticks++; }
@@END { printf("%d packets, their numbers %d, %d intervals\n", packets, numbers, ticks); }
