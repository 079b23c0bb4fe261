// CLAIM: get_function() gives ""
// SPEC: 6.7
// ARGS: -r $DATA/telnet.pcap
int n;
@@interval:*:clock:100 when (n == 0) { n = 1; printf("[%s]\n", get_function()); }
