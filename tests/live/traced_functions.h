// Functions of known names, arguments and results, for tests that trace the process they run in.
#pragma once

#include <cstdint>

extern "C" {

struct TracedRequest {
    int id;
    const char* name;
    unsigned short port;
    struct {
        int width;
        int height;
    } size;
    TracedRequest* next;
};

// Kept as functions of their own, with all their arguments, whatever the compiler finds out about them.
#ifdef __clang__
#define PROBEVUE_ALONE __attribute__((noinline))  // it makes no copies of functions for special arguments
#else
#define PROBEVUE_ALONE __attribute__((noinline, noclone))
#endif
#define PROBEVUE_TRACED PROBEVUE_ALONE __attribute__((used, visibility("default")))

PROBEVUE_TRACED inline int traced_add(int a, int b) {
    asm volatile("" ::: "memory");
    return a + b;
}

PROBEVUE_TRACED inline uint64_t traced_many(char a, short b, int c, long d, unsigned char e, unsigned f, long g, int h,
                                            long i, short j) {
    asm volatile("" ::: "memory");
    return static_cast<uint64_t>(a + b + c + d + e + f + g + h + i + j);
}

PROBEVUE_TRACED inline long traced_text(const char* text, long length) {
    asm volatile("" ::"r"(text) : "memory");
    return length;
}

PROBEVUE_TRACED inline int traced_request(const TracedRequest* request) {
    asm volatile("" ::"r"(request) : "memory");
    return request == nullptr ? -1 : request->id;
}

PROBEVUE_TRACED inline int traced_depth(int n) {
    asm volatile("" ::: "memory");
    if (n <= 0) return 0;
    const int below = traced_depth(n - 1);
    asm volatile("" ::: "memory");
    return below + 1;
}

PROBEVUE_TRACED inline void traced_socket(int fd) { asm volatile("" ::"r"(fd) : "memory"); }
}
