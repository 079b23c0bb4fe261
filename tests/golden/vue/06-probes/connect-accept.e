// CLAIM: who makes a connection and who takes it, by the ends that each sees, and whose the socket is
// SPEC: 6.10.14
// extension: AIX has no such event
// ARGS: -r $DATA/calls.pcapng
@@net:tcp:connect
{ printf("connect %s %lld %I > %I:%d\n", __pname, __owner->uid, __proto_info->local_addr, __proto_info->remote_addr, __proto_info->remote_port); }
@@net:tcp:accept
{ printf("accept %s %lld %I:%d < %I\n", __pname, __owner->uid, __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr); }
