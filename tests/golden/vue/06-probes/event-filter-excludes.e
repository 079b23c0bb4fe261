// CLAIM: an event whose filter matches no packet of the event's protocol is told of
// SPEC: 6.10.2
// ARGS: --check
@@net:tcp:receive:"udp" { exit(); }
@@net:tcp:receive:"icmp6" { exit(); }
@@net:tcp:receive:"arp" { exit(); }
@@net:ip:receive:"arp" { exit(); }
@@net:ip:send:"rarp" { exit(); }
// Those may come.
@@net:tcp:receive:"ip6 proto 0 or port 80" { exit(); }
@@net:tcp:receive:"not udp" { exit(); }
@@net:ip:send:"udp or ip6" { exit(); }
@@net:skb:drop:"arp" { exit(); }
@@net:netdev:transmit:"arp" { exit(); }
