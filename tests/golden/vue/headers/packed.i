# 1 "packed.h"
struct __attribute__((packed)) before { unsigned short a; unsigned int b; };
struct behind { unsigned short a; unsigned int b; } __attribute__((__packed__));
#pragma pack(push,1)
struct pragma { unsigned short a; unsigned int b; };
#pragma pack(pop)
struct plain { unsigned short a; unsigned int b; };
typedef struct { char c; int i __attribute__((packed)); } __attribute__((aligned(4))) member_t;
typedef unsigned long __attribute__((aligned(16))) wide_t;
struct holder { char c; wide_t w; };
struct strange { int a; int b __attribute__((reversed)); };
typedef int half_t __attribute__((__mode__(__HI__)));
extern int printed(const char *format, ...) __attribute__((format(printf, 1, 2), unknown_to_all));
