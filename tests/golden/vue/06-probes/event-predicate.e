// CLAIM: __proto_info in predicates, with quoted addresses
// SPEC: 6.10.14
// ARGS: --check
@@net:tcp:retransmit when (__proto_info->local_addr == "10.10.10.1" and __proto_info->remote_port == 443) { printf("x\n"); }
