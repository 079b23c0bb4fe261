// CLAIM: exit_after ends the session so many seconds later, by the time of packets; the earliest end holds; @@END runs
// SPEC: 5.2
// extension: AIX has no such function
// ARGS: -r $DATA/mixed.pcapng
@@BEGIN { exit_after(5); exit_after(100); }
@@net:bpf:any:*:"" { packets++; if (packets == 5) exit_after(3); if (packets == 7) exit_after(5); }
@@END { printf("%d packets\n", packets); }
