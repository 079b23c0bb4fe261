#!/usr/bin/env probevue
/*
 * What happens in the kernel's socket layer, call by call. SystemTap's socket-trace.stp: a line at the beginning
 * and one at the end of each function of net/socket.c that calls of programs come through: microseconds since the
 * thread's outermost one began, process and thread, and the function, indented by how deep it is.
 *
 * topic:    processes
 * live:     probevue socket-trace   until Ctrl-C, as root, where functions of the kernel can be hooked
 * replay:   probevue -r functions.pcapng socket-trace
 */

@@kft:__sys_socket*:entry, @@kft:__sys_bind*:entry, @@kft:__sys_listen*:entry, @@kft:__sys_accept4:entry,
@@kft:__sys_connect*:entry, @@kft:__sys_send*:entry, @@kft:__sys_recv*:entry, @@kft:__sys_setsock*:entry,
@@kft:__sys_get[sp]*:entry, @@kft:__sys_shutdown*:entry, @@kft:do_accept:entry, @@kft:move_addr_to_*:entry,
@@kft:__sock_[cr]*:entry, @@kft:sock_alloc*:entry, @@kft:sock_create*:entry, @@kft:sock_release:entry,
@@kft:sock_close:entry, @@kft:sock_poll:entry, @@kft:sock_ioctl:entry, @@kft:sock_sendmsg:entry,
@@kft:sock_recvmsg:entry, @@kft:sock_*_iter:entry
{
    printf("%s -> %s\n", thread_indent(1), get_function());
}

@@kft:__sys_socket*:exit, @@kft:__sys_bind*:exit, @@kft:__sys_listen*:exit, @@kft:__sys_accept4:exit,
@@kft:__sys_connect*:exit, @@kft:__sys_send*:exit, @@kft:__sys_recv*:exit, @@kft:__sys_setsock*:exit,
@@kft:__sys_get[sp]*:exit, @@kft:__sys_shutdown*:exit, @@kft:do_accept:exit, @@kft:move_addr_to_*:exit,
@@kft:__sock_[cr]*:exit, @@kft:sock_alloc*:exit, @@kft:sock_create*:exit, @@kft:sock_release:exit,
@@kft:sock_close:exit, @@kft:sock_poll:exit, @@kft:sock_ioctl:exit, @@kft:sock_sendmsg:exit, @@kft:sock_recvmsg:exit,
@@kft:sock_*_iter:exit
{
    printf("%s <- %s\n", thread_indent(-1), get_function());
}
