// CLAIM: AIX's example of send buffers that are full, on a recording
// SPEC: 6.10.14
// ARGS: -r $DATA/trouble.pcapng
@@net:tcp:send_buf_full
{
        printf("Connection information whenever send buffer full event occurs:\n"); 
        printf("Local IP address:%I and Remote IP address:%I\n",__proto_info->local_addr,__proto_info->remote_addr);
        printf("local port :%d and remote port:%d\n",__proto_info->local_port, __proto_info->remote_port);
}
