// CLAIM: AIX's example of segments of one connection sent again, on a recording
// SPEC: 6.10.14
// ARGS: -r $DATA/trouble.pcapng
@@net:tcp:retransmit
when (__proto_info->local_addr == "10.10.10.1" &&
 	__proto_info->remote_addr == "10.10.10.2" && 
__proto_info->local_port == "4000" &&
 	__proto_info->remote_port == "5000")
{
        printf(" %d th re-transmition for this connection\n", _nth_retransmit);
}
