/* What a C programmer writes instead of
 *
 *     @@net:tcp:state_change { printf("%d %d %I:%d %I:%d\n", __prev_state, __cur_state, ...local, ...remote); }
 *
 * print_events FILE: one line for each event of a recording by make_big_recording, whose fields it knows, formatted by
 * hand into one buffer. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

/* Where things stand in a custom block, which is an event. */
enum { custom_block = 0x0bad, kind_at = 17, description_at = 20, values_at = 36, event_kind = 2 };

static uint16_t get16(const unsigned char *at) {
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint32_t get32(const unsigned char *at) {
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* The values of an event: pid, tid, uid, pname, both addresses, both ports, both states. */
static char *put_event(char *line, const unsigned char *at) {
    at += 20;
    at += 2 + get16(at);
    line = put_number(line, get16(at + 14));
    *line++ = ' ';
    line = put_number(line, get16(at + 16));
    *line++ = ' ';
    line = put_endpoint(line, at + 1, get16(at + 10));
    *line++ = ' ';
    line = put_endpoint(line, at + 6, get16(at + 12));
    *line++ = '\n';
    return line;
}

int main(int argc, char **argv) {
    static char buffer[1 << 16];
    static unsigned char block[1 << 12];
    char *end = buffer;
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: %s FILE\n", argv[0]);
        return 2;
    }
    while (fread(block, 1, 8, file) == 8) {
        const uint32_t size = get32(block + 4);
        if (size < 12 || size > sizeof block || fread(block + 8, 1, size - 8, file) != size - 8) {
            fprintf(stderr, "%s: a block of %u bytes\n", argv[1], size);
            return 1;
        }
        if (get32(block) != custom_block || block[kind_at] != event_kind || get32(block + description_at) != 1) continue;
        if (end - buffer > (long)sizeof buffer - 128) {
            fwrite(buffer, 1, (size_t)(end - buffer), stdout);
            end = buffer;
        }
        end = put_event(end, block + values_at);
    }
    fwrite(buffer, 1, (size_t)(end - buffer), stdout);
    return fclose(file);
}
