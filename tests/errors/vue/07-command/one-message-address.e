// CLAIM: one mistake, one message: an address without quotes
// SPEC: 7.6
// EXIT: 2
@@net:tcp:retransmit when (__proto_info->remote_addr == 10.10.10.2 and __proto_info->local_port > 1) { n++; exit(); }
