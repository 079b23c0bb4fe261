// CLAIM: what SystemTap's tcp.receive has besides: protocol, family, name, and where the header of IP lies
// SPEC: 6.10.14
// extension: AIX has no such event
// ARGS: -r $DATA/segments.pcapng
@@net:tcp:receive when (__pkt->ip_version == 4)
{
    unsigned int from;
    copy_kdata((char *)__ipv4info->ipv4_hdr + 12, from);
    n[get_probe()][__ip4hdr->protocol][convert_ip4_addr(from)]++;
}
@@END { set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND); print(n); }
