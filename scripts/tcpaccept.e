#!/usr/bin/env probevue
/*
 * Each TCP connection that a process takes from its listener: bcc's tcpaccept.
 *
 * topic:    TCP connections
 * live:     probevue tcpaccept   until Ctrl-C, as root
 * replay:   probevue -r calls.pcapng tcpaccept
 */

@@BEGIN
{
    printf("%-7s %-16s %-15s %-5s %-15s %-5s\n", "PID", "COMM", "RADDR", "RPORT", "LADDR", "LPORT");
}

@@net:tcp:accept
{
    printf("%-7lld %-16s %-15I %-5d %-15I %-5d\n", __pid, __pname, __proto_info->remote_addr, __proto_info->remote_port,
           __proto_info->local_addr, __proto_info->local_port);
}
