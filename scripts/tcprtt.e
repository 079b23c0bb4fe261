#!/usr/bin/env probevue
/*
 * How long the round trips of TCP connections take, as the kernel has it. Microseconds, in slots that double:
 * bcc's tcprtt. Each call that sends or receives adds the smoothed round-trip time that its connection has at that
 * moment (bcc adds it for each segment that arrives): over all of them, then by remote address.
 *
 * topic:    TCP data
 * live:     probevue tcprtt   until Ctrl-C, as root
 * replay:   probevue -r waits.pcapng tcprtt
 */

range_t doubling;

@@BEGIN
{
    set_range(doubling, POWER, 2);
    printf("Tracing TCP RTT... Hit Ctrl-C to end.\n");
}

@@net:tcp:sendmsg:exit, @@net:tcp:recvmsg:exit
    when (__tcpinfo->srtt > 0)
{
    qrange(all["usecs"], doubling, __tcpinfo->srtt);
    qrange(usecs[__proto_info->remote_addr], doubling, __tcpinfo->srtt);
}

@@END
{
    quantize(all);
    quantize(usecs);
}
