// CLAIM: several clauses collect into one buffer, any clause commits
// SPEC: 5.11
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" { n++; start_tentative("a"); if (n <= 2) printf("%d\n", n); end_tentative("a"); }
@@END { commit_tentative("a"); }
