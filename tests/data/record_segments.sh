#!/usr/bin/env bash
# Records segments.pcapng in a virtual machine with Debian's kernel 6.12, where functions of the kernel can be hooked: the
# segments that @@net:tcp:receive tells of two connections and one that is refused. Times and ports differ from run to run,
# so the file is committed and made anew only for a reason.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/data/record_in_vm.sh
begin_recording awk sh
record_in_vm segments scripts/tcpdumplike.e <<'SCENE'
ip address add 10.10.10.1/32 dev lo
ip address add 10.10.10.2/32 dev lo
perl -MSocket -e '
    sub pause { select(undef, undef, undef, $_[0]) }
    sub connection {
        my ($from, $to, $port) = @_;
        socket(my $listener, PF_INET, SOCK_STREAM, 0);
        bind($listener, sockaddr_in($port, inet_aton($to))) or die;
        listen($listener, 5);
        socket(my $client, PF_INET, SOCK_STREAM, 0);
        bind($client, sockaddr_in(0, inet_aton($from)));
        connect($client, sockaddr_in($port, inet_aton($to))) or die;
        accept(my $served, $listener);
        my $bytes;
        syswrite($client, "question\n");
        sysread($served, $bytes, 100);
        syswrite($served, "answer\n");
        sysread($client, $bytes, 100);
        send($client, "!", MSG_OOB);
        pause(0.1);
        close $client;
        sysread($served, $bytes, 100);
        close $served;
        pause(0.1);
    }
    connection("10.10.10.1", "10.10.10.2", 80);
    pause(1.1); # the script prints a line every second
    socket(my $refused, PF_INET, SOCK_STREAM, 0);
    bind($refused, sockaddr_in(0, inet_aton("10.10.10.1")));
    connect($refused, sockaddr_in(81, inet_aton("10.10.10.2")));
    connection("10.10.10.2", "10.10.10.1", 9000);'
SCENE
