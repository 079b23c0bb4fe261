#!/usr/bin/env bash
# Records segments.pcapng in a virtual machine with Debian's kernel 6.12, where functions of the kernel can be hooked: the
# segments that @@net:tcp:receive tells of two connections and one that is refused. Times and ports differ from run to run,
# so the file is committed and made anew only for a reason.
# Needs a build of probevue, qemu and what tests/vm needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/vm/fetch.sh
source tests/vm/boot.sh
fetch_kernel 6.12 || { echo "$problem"; exit 1; }
begin_guest
add_program "${PROBEVUE:-$PWD/build/release/probevue}" awk base64 cat grep ip perl sh sleep
modules=$(perl -MSocket -e 'print $INC{"Socket.pm"} =~ s/Socket.pm$//r')
mkdir -p "$guest$modules" && cp -a "$modules"/. "$guest$modules"
cp scripts/tcpdumplike.e "$guest/"
cat >"$guest/record.sh" <<'GUEST'
ip link set lo up
ip address add 10.10.10.1/32 dev lo
ip address add 10.10.10.2/32 dev lo
{ cat /tcpdumplike.e; echo '@@BEGIN { printf("ready\n"); }'; } >/tmp/script.e
probevue -w /tmp/segments.pcapng /tmp/script.e >/tmp/out 2>/tmp/err &
recorder=$!
until grep -q ready /tmp/out; do
    kill -0 $recorder 2>/dev/null || { cat /tmp/err; exit 1; }
    sleep 0.1
done
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
sleep 0.5
kill -INT $recorder
wait $recorder || { cat /tmp/err; exit 1; }
base64 /tmp/segments.pcapng
GUEST
boot record.sh 100 | tr -d '\r' | base64 -d >tests/data/segments.pcapng
ls -l tests/data/segments.pcapng
