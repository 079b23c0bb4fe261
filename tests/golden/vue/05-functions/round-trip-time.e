// CLAIM: round_trip_time of a connection
// SPEC: 5.9
// ARGS: --check
int read(int fd, char *buf, unsigned long n);
@@syscall:*:read:entry { printf("%d\n", round_trip_time(__arg1)); }
