/* Events of connections and processes, as scripts gather them; all of it can be put together. */
@@net:tcp:state_change
{
    states[__proto_info->local_addr][__proto_info->remote_addr][__cur_state]++;
}
@@net:tcp:retransmit
{
    again[__proto_info->remote_addr][__proto_info->remote_port]++;
    append(nth[__proto_info->remote_addr], __nth_retransmit);
}
@@net:tcp:sendmsg:entry, @@net:udp:sendmsg:entry
{
    by_process[__pname][__pid]++;
}
@@net:skb:drop
    when (__pkt->protocol == IPPROTO_TCP)
{
    drops[__drop->reason_str][__drop->symbol]++;
    add_distinct(dropped[__pkt->src_addr], __pkt->dst_port);
}
@@syscall:*:read:entry
{
    reads[__pname]++;
}
@@END
{
    print(states);
    print(again);
    print(nth);
    print(by_process);
    print(drops);
    print(dropped);
    print(reads);
}
