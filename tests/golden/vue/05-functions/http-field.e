// CLAIM: http_field: fields of requests and answers by their names in any case, and parts of the first line
// SPEC: 5.9
// ARGS: -r $DATA/names.pcap
// extension: AIX has no such function
@@net:bpf:any:tcp:"port 80 or port 8080" when (__pkt->payload_len > 0)
{
    String method[10], status[3];
    method = http_field(__pkt->payload, __pkt->payload_len, ":method");
    status = http_field(__pkt->payload, __pkt->payload_len, ":status");
    if (method != "")
        printf("%d: %s %s of %s (%s)\n", __pkt->number, method, http_field(__pkt->payload, __pkt->payload_len, ":path"),
               http_field(__pkt->payload, __pkt->payload_len, "hOST"), http_field(__pkt->payload, __pkt->payload_len, "X-Trace"));
    else if (status != "")
        printf("%d: %s, %s bytes%s\n", __pkt->number, status, http_field(__pkt->payload, __pkt->payload_len, "Content-Length"),
               http_field(__pkt->payload, __pkt->payload_len, "Host"));
    else bodies++;
}
@@END { printf("%d bodies\n", bodies); }
