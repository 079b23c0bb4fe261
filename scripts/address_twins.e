#!/usr/bin/env probevue
/*
 * Addresses that two machines have. That is, those that more than one hardware address claims, by ARP (requests
 * and replies, of their sender) or by Neighbour Advertisements. Told when another one claims it; at the end how
 * often each did. Routers that answer for others, and addresses that move on purpose (VRRP, failover), show as
 * well.
 *
 * topic:    addresses and ICMP
 * live:     probevue address_twins   until Ctrl-C
 * replay:   probevue -r twins.pcap address_twins
 */

/* The sender of ARP, and what lies behind the first 8 bytes of an advertisement, whose option 2 is the hardware address. */
struct arp
{
    unsigned char before[8];
    unsigned short mac[3];
};

struct advertisement
{
    unsigned char target[16];
    unsigned char option;
    unsigned char length;
    unsigned short mac[3];
};

ip_addr_t address;
unsigned long long mac, before;
int claimed;

@@net:bpf:any:arp:""
    when (__arphdr->src_ip != "0.0.0.0" && __arphdr->hdr_len == 6)
{
    struct arp message;

    copy_kdata(__pkt->network, message);
    address = __arphdr->src_ip;
    mac = (unsigned long long)message.mac[0] << 32 | (unsigned int)message.mac[1] << 16 | message.mac[2];
    claimed = 1;
}

@@net:bpf:any:icmp6:""
    when (__icmp6->type == 136)
{
    struct advertisement reply;

    copy_kdata(__pkt->payload, reply);
    address = __icmp6->target;
    mac = (unsigned long long)reply.mac[0] << 32 | (unsigned int)reply.mac[1] << 16 | reply.mac[2];
    claimed = reply.option == 2;
}

/* Clauses on a packet run in the order of the script. */
@@net:bpf:any:arp:"", @@net:bpf:any:icmp6:""
    when (claimed)
{
    claimed = 0;
    claims[address][mac]++;
    if (exists(owner, address)) {
        before = owner[address];
        if (before != mac) {
            printf("%I is %012llx, and was %012llx\n", address, mac, before);
            twins[address][before] = claims[address][before];
            twin[address] = 1;
        }
    }
    owner[address] = mac;
    if (twin[address])
        twins[address][mac] = claims[address][mac];
}

@@END
{
    print_table("%1$-24I %2$012llx %3$6d\n", "ADDRESS HARDWARE CLAIMS", twins, SORT_BY_KEY);
}
