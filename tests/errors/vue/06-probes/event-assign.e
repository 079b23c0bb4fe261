// CLAIM: `=` for == in a predicate is an error
// SPEC: 6.10.14
// EXIT: 2
@@net:tcp:retransmit when (__proto_info->local_port = 8000) { }
