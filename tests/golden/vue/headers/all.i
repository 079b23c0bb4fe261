# 1 "all.c"
enum color { RED = 5, GREEN };
struct pair {
    int first;
    enum color second;
};
typedef union {
    unsigned long number;
    char bytes[8];
} value_t;
extern long read(int fd, void *buf, unsigned long n) __attribute__((nothrow));
