#!/usr/bin/env probevue
/*
 * Where in the kernel packets are dropped, and how many. Told every five seconds: SystemTap's dropwatch.stp, with
 * the reason, which it has not, in a table at the end.
 *
 * topic:    losses
 * live:     probevue dropwatch   until Ctrl-C, as root
 * replay:   probevue -r calls.pcapng dropwatch
 */

@@BEGIN
{
    printf("Monitoring for dropped packets\n");
}

@@net:skb:drop
{
    locations[__drop->symbol]++;
    reasons[__drop->symbol][__drop->reason_str]++;
}

@@interval:*:clock:5000
{
    printf("\n");
    print_table("%2$lld packets dropped at %1$s\n", locations);
    clear(locations);
}

@@END
{
    printf("\n");
    print_table("%2$lld packets dropped at %1$s\n", locations);
    printf("Stopping dropped packet monitor\n\n");
    print_table("%3$8lld %2$-24s %1$s\n", "PACKETS REASON FUNCTION", reasons);
}
