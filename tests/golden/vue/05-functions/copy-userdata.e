// CLAIM: copy_userdata fills a variable from the process
// SPEC: 5.4
// ARGS: --check
struct sockaddr_in { unsigned short family; unsigned short port; unsigned int addr; char zero[8]; };
int connect(int fd, struct sockaddr_in *to, int len);
@@syscall:*:connect:entry { struct sockaddr_in a; copy_userdata(__arg2, a); printf("%d\n", a.family); get_ubytes(__arg2, a, 2); }
