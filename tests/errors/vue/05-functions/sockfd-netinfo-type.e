// CLAIM: its second argument is a net_info_t
// SPEC: 5.9
// EXIT: 2
@@syscall:*:connect:entry { int x; sockfd_netinfo(0, x); }
