// CLAIM: sockfd_netinfo fills a net_info_t
// SPEC: 5.9
// ARGS: --check
int connect(int fd, void *to, int len);
@@syscall:*:connect:entry { net_info_t n; sockfd_netinfo(__arg1, n); if (n.local_port > 0) printf("%I:%d\n", n.remote_addr, n.remote_port); }
