// CLAIM: hexdump reads neither the kernel nor the process
// SPEC: 5.9
// EXIT: 2
int read(int fd, char *buffer, unsigned long size);
int tcp_v4_connect(char *socket, char *address, int length);
@@syscall:*:read:entry { hexdump(__arg2, 10); }
@@kft:tcp_v4_connect:entry { hexdump(__arg2, 10); }
@@BEGIN { int n; hexdump("text", 10); x = hexdump(5, 1); }
