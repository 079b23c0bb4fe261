// CLAIM: names in payload: what has no such name, and memory that is not the packet's
// SPEC: 5.9
// extension: AIX has no such functions
// EXIT: 2
int read(int fd, char *buffer, unsigned long size);
int tcp_v4_connect(char *socket, char *address, int length);
String name[10];
@@net:bpf:any:tcp:""
{
    name = http_field(__pkt->payload, 10, "Host:");
    name = http_field(__pkt->payload, 10, ":methode");
    name = http_field(__pkt->payload, 10, ":scheme of it");
    name = http_field(__pkt->payload, 10, "two words");
    name = http_field(__pkt->payload, 10, "");
    name = http_field(__pkt->payload, 10, name);
    name = dns_name(__pkt->payload);
    name = tls_sni("text", 10);
}
@@syscall:*:read:entry { name = dns_name(__arg2, 10); }
@@kft:tcp_v4_connect:entry { name = tls_sni(__arg2, 10); }
