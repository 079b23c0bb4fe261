// CLAIM: at its end a connection tells what both ends have sent, SYN and FIN counted as one byte each, and what TCP knows of it
// SPEC: 6.10.14
// extension: AIX has no such variable
// ARGS: -r $DATA/calls.pcapng
@@net:tcp:state_change when (__proto_info->remote_port == 80 && __cur_state == TCPS_TIME_WAIT)
{
    printf("client sent %lld acked %lld received %lld mss %lld cwnd %lld ssthresh %lld\n", __tcpinfo->bytes_sent, __tcpinfo->bytes_acked,
           __tcpinfo->bytes_received, __tcpinfo->mss, __tcpinfo->cwnd, __tcpinfo->ssthresh);
    printf("retransmits %lld lost %lld reordering %lld unacked %lld windows %lld %lld\n", __tcpinfo->retransmits, __tcpinfo->lost,
           __tcpinfo->reordering, __tcpinfo->unacked, __tcpinfo->rcv_wnd, __tcpinfo->snd_wnd);
    printf("round trip: %d\n", __tcpinfo->min_rtt > 0 && __tcpinfo->min_rtt <= __tcpinfo->srtt && __tcpinfo->rttvar > 0);
}
@@net:tcp:state_change when (__prev_state == TCPS_SYN_SENT && __cur_state == TCPS_CLOSED)
{ printf("refused: sent %lld, no round trip is known: %lld %lld\n", __tcpinfo->bytes_sent, __tcpinfo->srtt, __tcpinfo->min_rtt); }
