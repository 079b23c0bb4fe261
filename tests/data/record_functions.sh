#!/usr/bin/env bash
# Records functions.pcapng in a virtual machine with Debian's kernel 6.12, where functions of the kernel can be hooked: what
# scripts/socket-trace.e sees of one program that asks another one over TCP, and sends a datagram. Times and processes differ
# from run to run, so the file is committed and made anew only for a reason.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/data/record_in_vm.sh
begin_recording awk sh
record_in_vm functions scripts/socket-trace.e <<'SCENE'
perl -MSocket -e '
    socket(my $listener, PF_INET, SOCK_STREAM, 0);
    setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
    bind($listener, sockaddr_in(80, INADDR_LOOPBACK)) or die;
    listen($listener, 5);
    if (fork == 0) {
        my ($served, $bytes);
        accept($served, $listener);
        sysread($served, $bytes, 100);
        syswrite($served, "answer\n");
        exit;
    }
    socket(my $client, PF_INET, SOCK_STREAM, 0);
    connect($client, sockaddr_in(80, INADDR_LOOPBACK)) or die;
    syswrite($client, "question\n");
    sysread($client, my $bytes, 100);
    close $client;
    wait;
    socket(my $datagrams, PF_INET, SOCK_DGRAM, 0);
    send($datagrams, "datagram", 0, sockaddr_in(9, INADDR_LOOPBACK));
    close $datagrams;'
SCENE
