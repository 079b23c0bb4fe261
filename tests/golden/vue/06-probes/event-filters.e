// CLAIM: filters of recorded events are held against the packets that were recorded
// SPEC: 6.10.2
// ARGS: -r $DATA/heads.pcapng
// What they say and what predicates on headers say is the same.
@@net:netdev:receive:"tcp" { filter["tcp"]++; }
@@net:netdev:receive when (__ip4hdr->protocol == 6 || __ip6hdr->protocol == 6) { header["tcp"]++; }
@@net:netdev:receive:"tcp[tcpflags] & tcp-syn != 0" { filter["syn"]++; }
@@net:netdev:receive when (__ip4hdr->protocol == 6 && __tcphdr->flags & 2) { header["syn"]++; }
@@net:netdev:receive:"not tcp" { filter["other"]++; }
@@net:netdev:receive when (__ip4hdr->protocol != 6 && __ip6hdr->protocol != 6) { header["other"]++; }
@@net:netdev:receive:"less 70" { filter["short"]++; }
@@net:netdev:receive when (__pkt->len <= 70) { header["short"]++; }
@@net:netdev:receive:"not ether[1500] = 1" { filter["beyond what was recorded"]++; }
@@net:netdev:receive:" " { filter["all"]++; }
@@net:netdev:receive { header["all"]++; }
@@END { print(filter); print(header); }
