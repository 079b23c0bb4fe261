// CLAIM: a script without a clause
// EXIT: 2
// ARGS: -r $DATA/telnet.pcap
int total;
