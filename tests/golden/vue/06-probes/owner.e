// CLAIM: whose a socket is: the process that used it last, on events that run in no process too; of what no socket sends it is unknown
// SPEC: 6.10.14
// ARGS: -r $DATA/owners.pcapng
@@net:tcp:state_change { printf("%I:%d state %d %lld %s\n", __proto_info->local_addr, __proto_info->local_port, __cur_state, __owner->uid, __owner->name); }
@@net:tcp:reset_sent { printf("%I:%d reset %lld %lld <%s>\n", __proto_info->local_addr, __proto_info->local_port, __owner->pid, __owner->uid, __owner->name); }
