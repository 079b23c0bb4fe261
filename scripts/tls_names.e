#!/usr/bin/env probevue
/*
 * Connections of TLS by the name of the server that clients ask for (SNI). With its address and port: the first
 * hello of each connection counts, whatever the port. Without a name, or with one that is not in the first
 * segment, it is "-".
 *
 * topic:    names
 * live:     probevue tls_names   until Ctrl-C
 * replay:   probevue -r names.pcap tls_names
 */

/* Ports are used again. */
@@net:bpf:any:tcp:""
    when ((__tcphdr->flags & (TH_SYN | TH_ACK)) == TH_SYN)
{
    delete(known, __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port);
}

@@net:bpf:any:tcp:""
    when (__pkt->payload_len > 5)
{
    unsigned char head[6];
    String name[255];

    get_kbytes(__pkt->payload, head, 6);
    /* A record of a handshake (22), version 3, that begins with a hello of a client (1). */
    if (head[0] == 22 && head[1] == 3 && head[5] == 1 &&
        !exists(known, __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port)) {
        known[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = 1;
        name = to_lower(tls_sni(__pkt->payload, __pkt->payload_len));
        if (name == "")
            name = "-";
        connections[name][__pkt->dst_addr][__pkt->dst_port]++;
    }
}

@@END
{
    print_table("%4$11d %2$-24I %3$5d %1$s\n", "CONNECTIONS SERVER PORT NAME", connections);
}
