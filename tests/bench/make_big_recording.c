/* Writes a large recording for measurements, as docs/recording-format.md says: state changes of TCP connections over
 * IPv4. The same arguments give the same file.
 *
 *     make_big_recording FILE [EVENTS] */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char block[512];
static size_t used;

static void put(const void *bytes, size_t size) {
    memcpy(block + used, bytes, size);
    used += size;
}

static void put_number(uint64_t value, size_t size) {
    for (size_t i = 0; i < size; ++i) block[used++] = (unsigned char)(value >> 8 * i);
}

static void pad(void) {
    while (used % 4 != 0) block[used++] = 0;
}

static void begin(uint32_t type) {
    used = 0;
    put_number(type, 4);
    put_number(0, 4); /* the length, when it is known */
}

static void begin_custom(unsigned kind) {
    begin(0x0bad);
    put_number(32473, 4);
    put_number(0x50567565, 4);
    put_number(1, 1);
    put_number(kind, 1);
    put_number(0, 2);
}

static void finish(FILE *file) {
    pad();
    const size_t size = used + 4;
    put_number(size, 4);
    used = 4;
    put_number(size, 4);
    fwrite(block, 1, size, file);
}

struct field {
    unsigned type, size; /* types: 1 unsigned, 2 signed, 3 text, 4 address */
    const char *name;
};

static void put_field(const struct field *field) {
    put_number(field->type, 1);
    put_number(0, 1);
    put_number(field->size, 2);
    put_number(strlen(field->name), 2);
    put_number(0, 2);
    put(field->name, strlen(field->name));
    pad();
}

static void put_description(FILE *file, unsigned number, const char *kind, const struct field *fields, size_t count) {
    begin_custom(1);
    put_number(number, 4);
    put_number(count, 2);
    put_number(strlen(kind), 2);
    put_number(0, 4);
    put(kind, strlen(kind));
    pad();
    for (size_t i = 0; i < count; ++i) put_field(&fields[i]);
    finish(file);
}

static void put_descriptions(FILE *file) {
    static const struct field change[] = {
        {2, 8, "pid"},        {2, 8, "tid"},         {1, 4, "uid"},        {3, 32, "pname"},
        {4, 16, "local_addr"}, {4, 16, "remote_addr"}, {1, 2, "local_port"}, {1, 2, "remote_port"},
        {2, 2, "prev_state"}, {2, 2, "cur_state"},   {1, 8, "sock"},       {1, 4, "netns"},
    };
    put_description(file, 1, "net:tcp:state_change", change, sizeof change / sizeof *change);
    put_description(file, 2, "session", change, 1);
}

static void put_address(uint32_t address) {
    const uint32_t on_wire = htonl(address);
    put_number(4, 1);
    put(&on_wire, sizeof on_wire);
}

static void put_event(FILE *file, uint32_t i, uint64_t time_ns) {
    const uint32_t connection = i * 2654435761u; /* scatters them */
    begin_custom(2);
    put_number(1, 4);
    put_number(i % 4, 4);
    put_number(time_ns, 8);
    put_number(1000 + connection % 300, 8);
    put_number(1000 + connection % 300, 8);
    put_number(1000, 4);
    put_number(5, 2);
    put("nginx", 5);
    put_address(0x0a000001);
    put_address(0xc0a80000 + (connection >> 16) % 1000);
    put_number(443, 2);
    put_number(32768 + (connection >> 8) % 28000, 2);
    put_number(i % 10, 2);
    put_number(i % 11, 2);
    put_number(0xffff888000000000 + connection, 8);
    put_number(4026531840, 4);
    finish(file);
}

int main(int argc, char **argv) {
    const uint64_t start_ns = 1767571200000000000;
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s FILE [EVENTS]\n", argv[0]);
        return 2;
    }
    const uint32_t events = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 500000;
    FILE *file = fopen(argv[1], "wb");
    if (file == NULL) {
        perror(argv[1]);
        return 1;
    }
    begin(0x0a0d0d0a);
    put_number(0x1a2b3c4d, 4);
    put_number(1, 4);
    put_number(UINT64_MAX, 8);
    finish(file);
    put_descriptions(file);
    begin_custom(2);
    put_number(2, 4);
    put_number(0, 4);
    put_number(start_ns, 8);
    put_number(77, 8);
    finish(file);
    for (uint32_t i = 0; i < events; ++i) put_event(file, i, start_ns + i * 1000ull);
    begin_custom(4);
    put_number(start_ns + events * 1000ull, 8);
    put_number(0, 8);
    put_number(0, 8);
    put_number(0, 8);
    finish(file);
    if (fclose(file) != 0) {
        perror(argv[1]);
        return 1;
    }
    return 0;
}
