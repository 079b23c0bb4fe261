// CLAIM: an error in a filter of an event points into it
// SPEC: 6.10.2
// EXIT: 2
@@net:skb:drop:"tcp port 23 and prot 5" { }
@@net:netdev:receive:"tcp and" { }
@@net:netdev:receive:"ip and arp" { }
@@net:ip:send:"wlan type mgt" { }
