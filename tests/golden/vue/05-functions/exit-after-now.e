// CLAIM: exit_after of no time, or of less, ends the session before the next event
// SPEC: 5.2
// extension: AIX has no such function
// ARGS: -r $DATA/web.pcap
@@net:bpf:any:*:"" when (__pkt->number == 4) { exit_after(-1); }
@@net:bpf:any:*:"" { packets++; }
@@END { printf("%d packets\n", packets); }
