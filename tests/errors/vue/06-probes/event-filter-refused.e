// CLAIM: a filter of an event is refused where a program of the kernel cannot ask what it asks
// SPEC: 6.10.2
// EXIT: 2
@@net:netdev:receive:"tcp and ifindex 1" { }
@@net:ip:receive:"ip6 protochain 6" { }
@@net:skb:drop:"ip broadcast" { }
