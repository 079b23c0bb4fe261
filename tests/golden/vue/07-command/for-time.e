// CLAIM: --for ends a replay so long after the first packet; @@END runs, an interval that is due then does too
// SPEC: 7.3
// extension: AIX has no such flag
// ARGS: --for 500ms -r $DATA/web.pcap
@@net:bpf:any:*:"" { packets++; }
@@interval:*:clock:100 { ticks++; }
@@END { printf("%d packets, %d intervals\n", packets, ticks); }
