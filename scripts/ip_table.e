#!/usr/bin/env probevue
/*
 * A line for each IP packet sent or received: time, ends, device, bytes. Forwarded ones are included. The columns
 * are those of the second example of dtrace_ip(4): the time since the line before, both ends, the device, and the
 * bytes behind the IP header.
 *
 * topic:    traffic
 * live:     probevue ip_table   until Ctrl-C, as root
 * replay:   probevue -r ip.pcapng ip_table
 */

probev_timestamp_t last;
long long elapsed;

@@BEGIN
{
    printf(" %10s %30s    %-30s %8s %6s\n", "DELTA(us)", "SOURCE", "DEST", "INT", "BYTES");
    last = timestamp();
}

@@net:ip:send
{
    elapsed = diff_time(last, timestamp(), MICROSECONDS);
    printf(" %10lld %30I -> %-30I %8s %6d\n", elapsed, __ipinfo->ip_saddr, __ipinfo->ip_daddr, __ifinfo->if_name,
           __ipinfo->ip_plength);
    last = timestamp();
}

@@net:ip:receive
{
    elapsed = diff_time(last, timestamp(), MICROSECONDS);
    printf(" %10lld %30I <- %-30I %8s %6d\n", elapsed, __ipinfo->ip_daddr, __ipinfo->ip_saddr, __ifinfo->if_name,
           __ipinfo->ip_plength);
    last = timestamp();
}
