// CLAIM: AIX's example of sockets that drop datagrams, on a recording
// SPEC: 6.10.14
// ARGS: -r $DATA/trouble.pcapng
@@net:udp:sock_recv_buf_overflow
{
        printf("Connection information which drops packet due to socket buffer overflows:\n"); 
        printf("Local IP address:%I and Remote IP address:%I\n",__proto_info->local_addr,__proto_info->remote_addr);
        printf("local port :%d and remote port:%d\n",__proto_info->local_port, __proto_info->remote_port);
 }
