// CLAIM: name_of gives names of any number by a set: errors of either sign, signals, bits, states; a number without one as it is
// SPEC: 5.9
// extension: AIX has numbers alone
@@BEGIN {
    int error;
    error = 104;
    printf("%s %s %s %s\n", name_of(error, "error"), name_of(0 - error, "error"), name_of(0, "error"), name_of(100000, "error"));
    printf("%s %s %s %s %s\n", name_of(9, "signal"), name_of(15, "signal"), name_of(34, "signal"), name_of(0, "signal"), name_of(99, "signal"));
    printf("%s %s\n", name_of(TCPS_ESTABLISHED, "tcp_state"), name_of(1, "linux_tcp_state"));
    printf("%s|%s|%s|%s\n", name_of(MSG_PEEK | MSG_DONTWAIT, "message_flags"), name_of(MSG_PEEK | 0x200000, "message_flags"),
           name_of(0, "message_flags"), name_of(ENCAP_VLAN | ENCAP_MPLS, "encapsulation"));
    printf("%s %s %s %s\n", name_of(0, "tcp_flags"), name_of(TH_SYN | TH_ACK, "tcp_flags"), name_of(0xc2, "tcp_flags"), name_of(0x400, "tcp_flags"));
    printf("%s %s %s %s\n", name_of(0, "ecn"), name_of(3, "ecn"), name_of(46, "dscp"), name_of(63, "dscp"));
    printf("%s %s %s\n", name_of(0, "direction"), name_of(PKT_OUT, "direction"), name_of(INNER_QUOTED, "inner_kind"));
    printf("%s %s %s\n", name_of(AF_INET6, "address_family"), name_of(SOL_TCP, "option_level"), name_of(0 - 1, "ip_protocol"));
    printf("%s\n", name_of(9223372036854775807, "error"));
}
