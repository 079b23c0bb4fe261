#!/usr/bin/env probevue
/*
 * Counters of TCP and UDP, what is added every second, as nstat names them. In the end all of it: as `nstat`
 * prints them, those of them that have an event here, named and counted as the kernel does. SystemTap's
 * tcpipstat.stp has some of them by connection.
 *
 * topic:    TCP data
 * live:     probevue tcpip_counters   until Ctrl-C, as root
 * replay:   probevue -r waits.pcapng tcpip_counters
 */

long long active_opens;
long long passive_opens;
long long estab_resets;
long long retrans_segs;
long long out_rsts;
long long udp_overflows;
long long listen_overflows;
long long requests_full;
long long cookies;
long long active_opens_before;
long long passive_opens_before;
long long estab_resets_before;
long long retrans_segs_before;
long long out_rsts_before;
long long udp_overflows_before;
long long listen_overflows_before;
long long requests_full_before;
long long cookies_before;

@@net:tcp:state_change
    when (__cur_state == TCPS_SYN_SENT)
{
    active_opens++;
}

@@net:tcp:state_change
    when (__prev_state == TCPS_LISTEN && __cur_state == TCPS_SYN_RECEIVED)
{
    passive_opens++;
}

@@net:tcp:state_change
    when (__cur_state == TCPS_CLOSED && (__prev_state == TCPS_ESTABLISHED || __prev_state == TCPS_CLOSE_WAIT))
{
    estab_resets++;
}

@@net:tcp:retransmit
{
    retrans_segs += __segments;
}

@@net:tcp:reset_sent
{
    out_rsts++;
}

@@net:udp:sock_recv_buf_overflow
{
    udp_overflows++;
}

@@net:tcp:listen_q_full
    when (__why == WHY_SYN_REFUSED || __why == WHY_ACK_REFUSED)
{
    listen_overflows++;
}

@@net:tcp:listen_q_full
    when (__why == WHY_REQUESTS_FULL)
{
    requests_full++;
}

@@net:tcp:listen_q_full
    when (__why == WHY_COOKIE_SENT)
{
    cookies++;
}

@@interval:*:clock:1000
{
    printf("#kernel\n");
    printf("%-32s%lld\n", "TcpActiveOpens", active_opens - active_opens_before);
    printf("%-32s%lld\n", "TcpPassiveOpens", passive_opens - passive_opens_before);
    printf("%-32s%lld\n", "TcpEstabResets", estab_resets - estab_resets_before);
    printf("%-32s%lld\n", "TcpRetransSegs", retrans_segs - retrans_segs_before);
    printf("%-32s%lld\n", "TcpOutRsts", out_rsts - out_rsts_before);
    printf("%-32s%lld\n", "UdpRcvbufErrors", udp_overflows - udp_overflows_before);
    printf("%-32s%lld\n", "TcpExtListenOverflows", listen_overflows - listen_overflows_before);
    printf("%-32s%lld\n", "TcpExtTCPReqQFullDrop", requests_full - requests_full_before);
    printf("%-32s%lld\n", "TcpExtTCPReqQFullDoCookies", cookies - cookies_before);
    active_opens_before = active_opens;
    passive_opens_before = passive_opens;
    estab_resets_before = estab_resets;
    retrans_segs_before = retrans_segs;
    out_rsts_before = out_rsts;
    udp_overflows_before = udp_overflows;
    listen_overflows_before = listen_overflows;
    requests_full_before = requests_full;
    cookies_before = cookies;
}

@@END
{
    printf("#kernel, in all\n");
    printf("%-32s%lld\n", "TcpActiveOpens", active_opens);
    printf("%-32s%lld\n", "TcpPassiveOpens", passive_opens);
    printf("%-32s%lld\n", "TcpEstabResets", estab_resets);
    printf("%-32s%lld\n", "TcpRetransSegs", retrans_segs);
    printf("%-32s%lld\n", "TcpOutRsts", out_rsts);
    printf("%-32s%lld\n", "UdpRcvbufErrors", udp_overflows);
    printf("%-32s%lld\n", "TcpExtListenOverflows", listen_overflows);
    printf("%-32s%lld\n", "TcpExtTCPReqQFullDrop", requests_full);
    printf("%-32s%lld\n", "TcpExtTCPReqQFullDoCookies", cookies);
}
