// CLAIM: @@net:tcp events and __proto_info
// SPEC: 6.10.14
// ARGS: --check
@@net:tcp:state_change when (__cur_state == TCPS_ESTABLISHED) { printf("%I:%d %I:%d %d\n", __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr, __proto_info->remote_port, __prev_state); }
@@net:tcp:send_buf_full { }
@@net:tcp:recv_buf_full { }
@@net:tcp:retransmit { printf("%d\n", __nth_retransmit); }
@@net:tcp:listen_q_full { printf("%d\n", __proto_info->local_port); }
@@net:udp:sock_recv_buf_overflow { lost[__proto_info->local_port]++; }
