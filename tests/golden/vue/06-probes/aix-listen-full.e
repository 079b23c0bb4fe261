// CLAIM: AIX's example of listeners that drop connections, on a recording
// SPEC: 6.10.14
// ARGS: -r $DATA/trouble.pcapng
@@net:tcp:listen_q_full
{
	printf(“Listener IP address:%I and Port number is:%d\n”,__proto_info->local_addr, __proto_info->local_port);
}
