// CLAIM: packets of IP with the arguments of DTrace's provider, from the event and from the packet's bytes
// SPEC: 6.10.14
// extension: AIX has no such event
// ARGS: -r $DATA/ip.pcapng
@@net:ip:send when (__ipinfo->ip_ver == 4)
{
    printf("send %d %d %s %d %d %d %d %d 4:%d/%d/%d/%d/%d/%d/%d/%d/%s %I %I %d %s\n", __ipinfo->ip_plength, __ifinfo->if_local, __ifinfo->if_name,
           __csinfo->cs_pid > 0, __csinfo->cs_cid != 0, __csinfo->cs_cid == __csinfo->cs_addr, __pktinfo->pkt_addr != 0, __ifinfo->if_addr != 0,
           __ipv4info->ipv4_ver, __ipv4info->ipv4_ihl, __ipv4info->ipv4_tos, __ipv4info->ipv4_length, __ipv4info->ipv4_flags,
           __ipv4info->ipv4_offset, __ipv4info->ipv4_ttl, __ipv4info->ipv4_protocol, __ipv4info->ipv4_protostr, __ipv4info->ipv4_saddr,
           __ipv4info->ipv4_daddr, __ipv6info->ipv6_ver, __ipv6info->ipv6_nextstr);
}
@@net:ip:receive when (__ipinfo->ip_ver == 6)
{
    printf("receive %d %lld %d 6:%d/%d/%d/%d/%s/%d %I %I %d %s\n", __ipinfo->ip_plength, __csinfo->cs_pid, __csinfo->cs_cid != 0,
           __ipv6info->ipv6_ver, __ipv6info->ipv6_tclass, __ipv6info->ipv6_plen, __ipv6info->ipv6_nexthdr, __ipv6info->ipv6_nextstr,
           __ipv6info->ipv6_hlim, __ipv6info->ipv6_saddr, __ipv6info->ipv6_daddr, __ipv4info->ipv4_ihl, __ipv4info->ipv4_protostr);
}
