// CLAIM: a positional argument that was not given
// EXIT: 2
// ARGS: -r $DATA/telnet.pcap
@@net:bpf:eth0:tcp:"port 23" when (__tcphdr->src_port == $1) { exit(); }
@@BEGIN { printf("%d\n", $PROBEVUE_NO_SUCH_VARIABLE); }
