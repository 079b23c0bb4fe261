// CLAIM: one mistake, one message: `-` for `->`
// SPEC: 7.6
// EXIT: 2
@@net:tcp:retransmit when (__proto_info-local_port == 80) { n++; exit(); }
