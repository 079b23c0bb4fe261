/* Makes packets or events at a rate, with keys that come and go, until it is told to end (SIGTERM). How many there were so
 * far stands in a file of 8 bytes (host byte order), which others read while it runs.
 * usage: load packets RATE FILE DEVICE DESTINATION-MAC    UDP datagrams over IPv4, written to the device as frames
 *        load calls RATE FILE                             calls of sendmsg on a UDP socket, to ports of 127.0.0.1
 * Of packets, only those count that the device has taken. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ticks = 1000 /* a second */, payload = 32, new_keys = 250 /* a second */ };

static volatile sig_atomic_t over;
static void end(int number) {
    (void)number;
    over = 1;
}

static _Noreturn void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static uint16_t checksum(const void *data, size_t size) {
    const uint8_t *bytes = data;
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < size; i += 2) sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return htons((uint16_t)~sum);
}

struct frame {
    struct ether_header ether;
    struct ip ip;
    struct udphdr udp;
    uint8_t data[payload];
} __attribute__((packed));

static int open_device(const char *device, struct ifreq *request) {
    const int fd = socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0) fail("socket");
    memset(request, 0, sizeof *request);
    snprintf(request->ifr_name, sizeof request->ifr_name, "%s", device);
    struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(device)};
    if (bind(fd, (struct sockaddr *)&place, sizeof place) != 0) fail("bind");
    if (ioctl(fd, SIOCGIFHWADDR, request) != 0) fail("SIOCGIFHWADDR");
    return fd;
}

/* The key of a packet or a call: another 250 each second, each for a second. */
static uint32_t key_of(uint64_t began, uint64_t number) {
    return (uint32_t)((now_ns() - began) / 1000000000U * new_keys + number % new_keys);
}

int main(int argc, char **argv) {
    const int packets = argc == 6 && strcmp(argv[1], "packets") == 0;
    if (!packets && (argc != 4 || strcmp(argv[1], "calls") != 0)) {
        fprintf(stderr, "usage: load packets RATE FILE DEVICE MAC | load calls RATE FILE\n");
        return 2;
    }
    const uint64_t rate = strtoull(argv[2], NULL, 10);
    const int file = open(argv[3], O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || ftruncate(file, 8) != 0) fail(argv[3]);
    volatile uint64_t *sent = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (sent == MAP_FAILED) fail("mmap");
    const struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);

    struct frame frame;
    memset(&frame, 0, sizeof frame);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct ifreq request;
    const int fd = packets ? open_device(argv[4], &request) : socket(AF_INET, SOCK_DGRAM, 0);
    if (packets) {
        unsigned mac[6];
        if (sscanf(argv[5], "%x:%x:%x:%x:%x:%x", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) != 6) fail(argv[5]);
        for (int i = 0; i < 6; ++i) frame.ether.ether_dhost[i] = (uint8_t)mac[i];
        memcpy(frame.ether.ether_shost, request.ifr_hwaddr.sa_data, 6);
        frame.ether.ether_type = htons(ETHERTYPE_IP);
        frame.ip = (struct ip){.ip_v = 4, .ip_hl = 5, .ip_ttl = 64, .ip_p = IPPROTO_UDP,
                               .ip_len = htons(sizeof frame - sizeof frame.ether), .ip_dst.s_addr = inet_addr("192.0.2.3")};
        frame.udp = (struct udphdr){.uh_sport = htons(5000), .uh_dport = htons(5001), .uh_ulen = htons(payload + 8)};
    }

    const uint64_t began = now_ns();
    uint64_t due = began, number = 0;
    while (!over) {
        for (uint64_t i = 0; i < rate / ticks; ++i, ++number) {
            const uint32_t key = key_of(began, number);
            if (packets) {
                frame.ip.ip_src.s_addr = htonl(0x0a000000U + key % 0x10000);
                frame.ip.ip_sum = 0;
                frame.ip.ip_sum = checksum(&frame.ip, sizeof frame.ip);
                if (send(fd, &frame, sizeof frame, 0) == (ssize_t)sizeof frame) ++*sent;
                else if (errno != ENETDOWN && errno != ENXIO && errno != ENOBUFS && errno != EINTR) fail("send");
            } else {
                to.sin_port = htons((uint16_t)(1024 + key % 0xf000));
                /* What nobody listens for comes back as an error of a later call: the call has been made all the same. */
                (void)sendto(fd, frame.data, payload, 0, (struct sockaddr *)&to, sizeof to);
                ++*sent;
            }
        }
        due += 1000000000U / ticks;
        const uint64_t now = now_ns();
        if (now > due + 100000000U) due = now; /* it was held: what was missed then is not made up for */
        const struct timespec until = {.tv_sec = (time_t)(due / 1000000000U), .tv_nsec = (long)(due % 1000000000U)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
    return 0;
}
