/* What a C programmer writes instead of
 *
 *     @@net:bpf:any:tcp:"tcp" { n[__ip4hdr->src_addr]++; }    @@END { print(n); }
 *
 * count_by_source FILE [packets|bytes] [FILTER]: packets (or bytes of IP) by IPv4 source address, sorted. */
#include <stdint.h>
#include <string.h>

#include "offline.h"

struct slot {
    uint32_t address;
    uint32_t used;
    uint64_t count;
};

struct table {
    struct slot *slots;
    size_t size; /* a power of two */
    size_t used;
};

static struct slot *find(const struct table *table, uint32_t address) {
    size_t at = (address * 2654435769U) & (table->size - 1);
    while (table->slots[at].used && table->slots[at].address != address) at = (at + 1) & (table->size - 1);
    return &table->slots[at];
}

static void resize(struct table *table, size_t size) {
    struct table larger = {calloc(size, sizeof(struct slot)), size, table->used};
    if (larger.slots == NULL) abort();
    for (size_t i = 0; i < table->size; ++i) {
        if (table->slots[i].used) *find(&larger, table->slots[i].address) = table->slots[i];
    }
    free(table->slots);
    *table = larger;
}

static void add(struct table *table, uint32_t address, uint64_t amount) {
    struct slot *slot = find(table, address);
    if (!slot->used) {
        if (table->used * 2 >= table->size) {
            resize(table, table->size * 2);
            slot = find(table, address);
        }
        slot->address = address;
        slot->used = 1;
        ++table->used;
    }
    slot->count += amount;
}

static int by_address(const void *left, const void *right) {
    const uint32_t a = ((const struct slot *)left)->address;
    const uint32_t b = ((const struct slot *)right)->address;
    return a < b ? -1 : a > b;
}

static void print_sorted(struct table *table) {
    size_t count = 0;
    for (size_t i = 0; i < table->size; ++i) {
        if (table->slots[i].used) table->slots[count++] = table->slots[i];
    }
    qsort(table->slots, count, sizeof(struct slot), by_address);
    for (size_t i = 0; i < count; ++i) {
        const uint32_t address = table->slots[i].address;
        printf("%u.%u.%u.%u = %llu\n", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255,
               (unsigned long long)table->slots[i].count);
    }
}

int main(int argc, char **argv) {
    struct table table = {NULL, 0, 0};
    struct pcap_pkthdr *header;
    const unsigned char *data;
    if (argc < 2 || argc > 4) {
        fprintf(stderr, "usage: %s FILE [packets|bytes] [FILTER]\n", argv[0]);
        return 2;
    }
    const int bytes = argc > 2 && strcmp(argv[2], "bytes") == 0;
    pcap_t *capture = open_filtered(argv[1], argc > 3 ? argv[3] : "tcp");
    resize(&table, 1024);
    while (pcap_next_ex(capture, &header, &data) == 1) {
        const unsigned char *ip = ip4_header(header, data);
        if (ip != NULL) add(&table, get32(ip + 12), bytes ? get16(ip + 2) : 1);
    }
    print_sorted(&table);
    pcap_close(capture);
    free(table.slots);
    return 0;
}
