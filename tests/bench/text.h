/* Text by hand, for the programs that probevue is measured against: each function gives the end of what it wrote. */
#ifndef TEXT_H
#define TEXT_H

static inline char* put_number(char* at, unsigned value) {
    char digits[10];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count > 0) *at++ = digits[--count];
    return at;
}

/* An IPv4 address and a port. */
static inline char* put_endpoint(char* at, const unsigned char* address, unsigned port) {
    for (int i = 0; i < 4; ++i) {
        at = put_number(at, address[i]);
        *at++ = i < 3 ? '.' : ':';
    }
    return put_number(at, port);
}

#endif
