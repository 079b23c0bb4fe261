/* What stands in payloads: names of DNS, TLS and HTTP, and what is done with texts. */
@@net:bpf:any:*:""
{
    String name[255], host[255], lower[255];

    name = dns_name(__pkt->payload, __pkt->payload_len);
    host = tls_sni(__pkt->payload, __pkt->payload_len);
    lower = to_lower(http_field(__pkt->payload, __pkt->payload_len, "host"));
    if (name != "")
        questions[name][__pkt->dst_addr]++;
    if (host != "")
        servers[host]++;
    if (lower != "")
        sites[lower][substr(lower, 2, 5)][split(lower, ".", 1)]++;
    requests[http_field(__pkt->payload, __pkt->payload_len, "method")]++;
    if (strstr(name, "ex") > 0)
        found_at[str_pos(name, "ex")]++;
    printf("%-20s|%20s|%.7s|%d\n", name, host, lower, atoi(name));
}

@@END
{
    print(questions);
    print(servers);
    print(sites);
    print(requests);
    print(found_at);
}
