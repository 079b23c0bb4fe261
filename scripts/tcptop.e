#!/usr/bin/env probevue
/*
 * What each process sends and receives on which TCP connection, each second. In KB, the busiest first, every
 * second in which anything is moved, and in the end: bcc's tcptop. Counted are the bytes that calls have moved,
 * not headers, nor what still waits in the kernel; looks that take nothing (MSG_PEEK) are left out.
 *
 * topic:    processes
 * live:     probevue tcptop   until Ctrl-C, as root
 * replay:   probevue -r senders.pcapng tcptop
 */

enum { PEEK = 2 };  // MSG_PEEK
int news;

@@net:tcp:sendmsg:exit
    when (__sockcall->ret > 0)
{
    sent[__pid][__pname][__proto_info->local_addr][__proto_info->local_port][__proto_info->remote_addr][__proto_info->remote_port] +=
        __sockcall->ret;
    both[__pid][__pname][__proto_info->local_addr][__proto_info->local_port][__proto_info->remote_addr][__proto_info->remote_port] +=
        __sockcall->ret;
    news = 1;
}

@@net:tcp:recvmsg:exit
    when (__sockcall->ret > 0 && (__sockcall->flags & PEEK) == 0)
{
    received[__pid][__pname][__proto_info->local_addr][__proto_info->local_port][__proto_info->remote_addr][__proto_info->remote_port] +=
        __sockcall->ret;
    both[__pid][__pname][__proto_info->local_addr][__proto_info->local_port][__proto_info->remote_addr][__proto_info->remote_port] +=
        __sockcall->ret;
    news = 1;
}

@@interval:*:clock:1000, @@END
{
    if (news) {
        printf("%A\n", timestamp());
        print_table("%-7d %-15s %-15I %5d %-15I %5d %8d %8d %8d\n",
                    "PID COMM LADDR LPORT RADDR RPORT RX_KB TX_KB RXTX_KB", received / 1024, sent / 1024, both / 1024,
                    20, 9);
        printf("\n");
        clear(received);
        clear(sent);
        clear(both);
        news = 0;
    }
}
