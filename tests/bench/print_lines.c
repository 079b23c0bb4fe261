/* What a C programmer writes instead of
 *
 *     @@net:bpf:any:tcp:"tcp" { printf("%I:%d > %I:%d %d\n", ...source, ...target, __tcphdr->flags); }
 *
 * print_lines FILE [FILTER]: one line for each TCP packet over IPv4, formatted by hand into one buffer. */
#include <string.h>

#include "offline.h"
#include "text.h"

static size_t format_line(char *line, const unsigned char *ip, const unsigned char *tcp) {
    char *at = put_endpoint(line, ip + 12, get16(tcp));
    memcpy(at, " > ", 3);
    at = put_endpoint(at + 3, ip + 16, get16(tcp + 2));
    *at++ = ' ';
    at = put_number(at, tcp[13] & 0x3fU);
    *at++ = '\n';
    return (size_t)(at - line);
}

int main(int argc, char **argv) {
    static char buffer[1 << 16];
    size_t used = 0;
    struct pcap_pkthdr *header;
    const unsigned char *data;
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s FILE [FILTER]\n", argv[0]);
        return 2;
    }
    pcap_t *capture = open_filtered(argv[1], argc > 2 ? argv[2] : "tcp");
    while (pcap_next_ex(capture, &header, &data) == 1) {
        const unsigned char *ip = ip4_header(header, data);
        if (ip == NULL || header->caplen < 14U + (ip[0] & 15U) * 4 + 14) continue;
        if (sizeof(buffer) - used < 64) {
            fwrite(buffer, 1, used, stdout);
            used = 0;
        }
        used += format_line(buffer + used, ip, ip + (ip[0] & 15) * 4);
    }
    fwrite(buffer, 1, used, stdout);
    pcap_close(capture);
    return 0;
}
