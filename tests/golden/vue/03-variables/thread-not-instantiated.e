// CLAIM: a predicate with a thread-local that does not exist yet is false as a whole
// SPEC: 3.3
// ARGS: -r $DATA/telnet.pcap
__thread int mark;
int n;
@@net:bpf:eth0:tcp:"port 23" when ((thread:mark == 0 || 1) && n < 50) { printf("fired at %d\n", n); n = 100; }
@@net:bpf:eth0:tcp:"port 23" { n++; if (n == 3) mark = 0; }
@@END { printf("%d\n", n > 100); }
