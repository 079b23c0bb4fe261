// CLAIM: __tid __pid __ppid __pgid __pname __uid __euid __errno __kernelmode in a system call
// SPEC: 3.4
// ARGS: --check
@@syscall:*:read:exit { printf("%lld %lld %lld %lld %s %u %u %d %d\n", __tid, __pid, __ppid, __pgid, __pname, __uid, __euid, __errno, __kernelmode); }
