#!/usr/bin/env probevue
/*
 * IP packets that come to this host, by the host that sends them. Forwarded ones are included: the first example
 * of dtrace_ip(4).
 *
 * topic:    traffic
 * live:     probevue ip_by_host   until Ctrl-C, as root
 * replay:   probevue -r ip.pcapng ip_by_host
 */

@@net:ip:receive
{
    num[__ipinfo->ip_saddr]++;
}

@@END
{
    print_table("  %-45I %16d\n", num, SORT_BY_VALUE | SORT_TYPE_ASCEND);
}
