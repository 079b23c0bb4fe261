// CLAIM: const extern volatile register static have no effect in headers, structures and prototypes
// SPEC: 1.4
// ARGS: --check
struct s { const int a; volatile char *b; };
extern int read(register int fd, const char *buf, unsigned long n);
@@syscall:*:read:entry { printf("%d\n", __arg1); }
