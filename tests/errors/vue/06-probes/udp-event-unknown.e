// CLAIM: the event of udp
// SPEC: 6.10.14
// EXIT: 2
@@net:udp:retransmit { }
