// CLAIM: __interval is the length in seconds of the interval that fired, of each where a clause has several
// SPEC: 5.7
// extension: AIX does not tell it
// ARGS: --for 1s -r $DATA/web.pcap
@@net:bpf:any:tcp:"tcp" { packets++; }
@@interval:*:clock:300, @@interval:*:clock:500 { printf("%.1f s\n", __interval); }
@@interval:*:clock:500 { printf("%.2f packets a second\n", packets / __interval); packets = 0; }
