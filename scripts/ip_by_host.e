#!/usr/bin/env probevue
/*
 * IP packets that come to this host, forwarded ones included, by the host that sends them: the first example of dtrace_ip(4).
 *
 * live:     probevue scripts/ip_by_host.e                               until Ctrl-C, as root
 * replay:   probevue -r tests/data/ip.pcapng scripts/ip_by_host.e
 */

@@net:ip:receive
{
    num[__ipinfo->ip_saddr]++;
}

@@END
{
    print_table("  %-45I %16d\n", num, SORT_BY_VALUE | SORT_TYPE_ASCEND);
}
