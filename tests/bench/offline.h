/* Opening a capture with a filter, for the hand-written programs that probevue is measured against. */
#ifndef OFFLINE_H
#define OFFLINE_H

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

static inline pcap_t* open_filtered(const char* path, const char* filter) {
    char message[PCAP_ERRBUF_SIZE];
    struct bpf_program program;
    pcap_t* capture = pcap_open_offline(path, message);
    if (capture == NULL) {
        fprintf(stderr, "%s\n", message);
        exit(1);
    }
    if (pcap_datalink(capture) != DLT_EN10MB || pcap_compile(capture, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0 ||
        pcap_setfilter(capture, &program) != 0) {
        fprintf(stderr, "%s: not Ethernet, or a bad filter %s\n", path, pcap_geterr(capture));
        exit(1);
    }
    pcap_freecode(&program);
    return capture;
}

static inline unsigned get16(const unsigned char* at) { return (unsigned)at[0] << 8 | at[1]; }

static inline unsigned get32(const unsigned char* at) { return get16(at) << 16 | get16(at + 2); }

/* The IPv4 header of an untagged Ethernet frame, or NULL. */
static inline const unsigned char* ip4_header(const struct pcap_pkthdr* header, const unsigned char* data) {
    return header->caplen >= 34 && get16(data + 12) == 0x0800 ? data + 14 : NULL;
}

#endif
