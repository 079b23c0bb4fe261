#!/usr/bin/env probevue
/*
 * Incoming TCP connections as processes accept them: user, process, port. SystemTap's tcp_connections.stp, column
 * by column.
 *
 * topic:    TCP connections
 * live:     probevue tcp_connections   until Ctrl-C, as root
 * replay:   probevue -r calls.pcapng tcp_connections
 */

@@BEGIN
{
    printf("%6s %16s %6s %6s %16s\n", "UID", "CMD", "PID", "PORT", "IP_SOURCE");
}

@@net:tcp:accept
{
    printf("%6u %16s %6lld %6d %16I\n", __uid, __pname, __pid, __proto_info->local_port, __proto_info->remote_addr);
}
