// CLAIM: -c takes several in one argument
// SPEC: 7.1
// ARGS: -c "timestamp=0 thread=off num_threads_traced=100 abs_mem_for_dvars=1024" -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 1) { n++; printf("%d\n", n); }
