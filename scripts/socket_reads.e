#!/usr/bin/env probevue
/*
 * How long read() and recvfrom() wait on sockets, by program and peer. TCP and UDP, in microseconds; waits beyond
 * a second are shown as they end. Which socket a descriptor is, the kernel is asked at the moment of the call.
 *
 * topic:    processes
 * live:     probevue socket_reads   until Ctrl-C
 */

int read(int fd, char *buffer, unsigned long size);
int recvfrom(int fd, char *buffer, unsigned long size, int flags, void *from, void *length);

@@syscall:*:read:entry
{
    net_info_t info;

    sockfd_netinfo(__arg1, info);
    if (info.remote_port > 0) {
        begun[__tid] = timestamp();
        address[__tid] = info.remote_addr;
        port[__tid] = info.remote_port;
    }
}

@@syscall:*:recvfrom:entry
{
    sockfd_netinfo(__arg1, info);
    if (info.remote_port > 0) {
        begun[__tid] = timestamp();
        address[__tid] = info.remote_addr;
        port[__tid] = info.remote_port;
    }
}

@@syscall:*:read:exit, @@syscall:*:recvfrom:exit
{
    __auto long long usec;

    if (exists(begun, __tid)) {
        usec = diff_time(begun[__tid], timestamp(), MICROSECONDS);
        append(microseconds[__pname][address[__tid]][port[__tid]], usec);
        if (usec > 1000000) {
            printf("%s[%d] waited %lld ms for %I:%d\n", __pname, __pid, usec / 1000, address[__tid], port[__tid]);
        }
        delete(begun, __tid);
        delete(address, __tid);
        delete(port, __tid);
    }
}

@@END
{
    print(microseconds);
}
