// CLAIM: a recording that does not have what TCP keeps of a connection says so, and it is -1, not 0 bytes
// SPEC: 6.10.14
// extension: AIX has no such variable
// ARGS: -r $DATA/states.pcapng
@@net:tcp:state_change { sent[__tcpinfo->bytes_sent][__tcpinfo->srtt]++; }
