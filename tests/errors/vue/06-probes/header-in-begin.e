// CLAIM: headers exist in packet probes only
// SPEC: 6.10.3
// EXIT: 2
@@BEGIN { printf("%d\n", __tcphdr->src_port); exit(); }
