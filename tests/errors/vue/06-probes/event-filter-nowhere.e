// CLAIM: a filter stands in quotes, behind an event that carries a packet, and ends the tuple
// SPEC: 6.10.2
// EXIT: 2
@@net:skb:drop:tcp { }
@@net:tcp:state_change:"port 80" { }
@@net:skb:drop:"tcp":"udp" { }
