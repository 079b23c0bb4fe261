// CLAIM: a process where none is known is 0 or empty, with a warning for each clause
// SPEC: 6.10.2
// ARGS: --check
@@net:bpf:eth0:tcp:"port 23" { printf("%lld %s\n", __pid, __pname); }
@@net:tcp:retransmit when (__uid == 0) { printf("%s\n", __pname); }
@@net:udp:sock_recv_buf_overflow, @@net:tcp:state_change { count_of[__pname]++; }
@@net:tcp:state_change { printf("%s %lld\n", __pname, __pid); }
@@net:tcp:send_buf_full { printf("%s %lld\n", __pname, __pid); }
@@syscall:*:read:entry { printf("%s %lld\n", __pname, __pid); }
@@net:bpf:eth0:tcp:"" when (__trcid == 1) { printf("%lld\n", __trcid); }
@@interval:*:clock:1000 { printf("%lld %s\n", __pid, __pname); }
