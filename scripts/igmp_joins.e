#!/usr/bin/env probevue
/*
 * Who joins which multicast group, and who leaves it (IGMP and MLD). By what hosts tell of groups: IGMP of
 * versions 1 to 3 and MLD of both, whatever number of groups a report has. `joins` are changes by which a host
 * wants a group, or more sources of it; `leaves` those by which it wants none, or fewer; `tells` are reports that
 * it is a member. Earlier versions have no word for joining: a host that joins tells that it is a member, as it
 * does when it is asked. The most joins first.
 *
 * topic:    addresses and ICMP
 * live:     probevue igmp_joins   until Ctrl-C
 * replay:   probevue -r groups.pcap igmp_joins
 */

@@net:bpf:any:group:""
{
    if (__group->type == IGMPV3_MODE_IS_INCLUDE or __group->type == IGMPV3_MODE_IS_EXCLUDE) {
        tells[__group->addr][__pkt->src_addr]++;
    } else if (__group->type == IGMPV3_BLOCK_OLD_SOURCES or
               (__group->type == IGMPV3_CHANGE_TO_INCLUDE and __group->sources == 0)) {
        leaves[__group->addr][__pkt->src_addr]++;
    } else if (__group->type >= IGMPV3_CHANGE_TO_INCLUDE and __group->type <= IGMPV3_ALLOW_NEW_SOURCES) {
        joins[__group->addr][__pkt->src_addr]++;
    }
}

@@END
{
    print_table("%-24I %-24I %8d %8d %8d\n",
                "group                    host                        joins   leaves    tells", joins, leaves, tells,
                SORT_BY_VALUE | SORT_TYPE_DESCEND);
}
