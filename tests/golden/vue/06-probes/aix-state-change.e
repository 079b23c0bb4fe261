// CLAIM: AIX's example of state changes of one connection, on a recording
// SPEC: 6.10.14
// ARGS: -r $DATA/states.pcapng
@@net:tcp:state_change
when(__proto_info->local_addr ==”10.10.10.1” and __proto_info->remote_addr == “10.10.10.2”
	and __proto_info->local_port ==”8000” and  __proto_info->remote_port ==”9000”)
{
	printf(“Previous state:%d and current_state:%d\n”,__prev_state,__cur_state);
}
