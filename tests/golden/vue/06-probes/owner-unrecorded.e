// CLAIM: a recording that does not have whose a socket is says so, and it is unknown, not process 0 or user 0
// SPEC: 6.10.14
// ARGS: -r $DATA/states.pcapng
@@net:tcp:state_change { owners[__owner->pid][__owner->uid][__owner->name]++; }
