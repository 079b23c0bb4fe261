// CLAIM: ip_ntop at an event of TCP: the same keys as the addresses themselves
// SPEC: 5.9
// extension: SystemTap's; AIX has the conversion %I alone
// ARGS: -r $DATA/segments.pcapng
@@net:tcp:receive { texts[ip_ntop(__proto_info->remote_addr)]++; addresses[__proto_info->remote_addr]++; }
@@END { print(texts); print(addresses); }
