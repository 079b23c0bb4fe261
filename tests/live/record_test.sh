#!/usr/bin/env bash
# The command with -w: what tcpdump finds in the file, replays, a disk that is full, outputs that are the same.
. "$(dirname "${BASH_SOURCE[0]}")/network.sh"

serve in_far 8001
cat >"$work/mixed.e" <<'SCRIPT'
@@BEGIN { printf("ready\n"); }
@@net:bpf:near:tcp:"tcp port 8001" { packets++; printf("%I > %I %d\n", __ip4hdr->src_addr, __ip4hdr->dst_addr, __tcphdr->flags); }
@@net:tcp:state_change when (__proto_info->remote_port == 8001) { printf("%d>%d %s\n", __prev_state, __cur_state, __pname); }
@@interval:*:clock:100 { printf("%d\n", packets); }
@@END { printf("end %d\n", packets); }
SCRIPT

listen all -i near
seen=$id
start live -w "$work/run.pcapng" "$work/mixed.e" || conclude
recorder=$id
for i in 1 2 3; do ask 192.0.2.3 8001 >/dev/null || fail "no answer"; done
settle all 192.0.2.3
stop "$recorder"
same "exit status of a recording" 0 "$status"
stop "$seen"
"$PROBEVUE" -r "$work/run.pcapng" "$work/mixed.e" >"$work/replay.out" 2>"$work/replay.err"
same "exit status of the replay" 0 $?
same "live and replay" "$(cat "$work/live.out")" "$(cat "$work/replay.out")"
same "messages of the replay" "" "$(cat "$work/replay.err")"

# tcpdump finds the packets that another tcpdump has seen.
packets() { tcpdump -Z root -tt -nn --time-stamp-precision=nano -r "$1" 'tcp port 8001' 2>/dev/null | sed 's/^[0-9.]* //' | sort; } # packets of the same time stand in any order
same "packets as tcpdump reads them" "$(packets "$work/all.pcap")" "$(packets "$work/run.pcapng")"
if command -v tshark >/dev/null; then
    # It lists blocks that are no packets too.
    same "packets as tshark reads them" "$(packets "$work/run.pcapng" | wc -l)" "$(tshark -r "$work/run.pcapng" -Y 'tcp.port == 8001' 2>/dev/null | wc -l)"
    has "interfaces as capinfos reads them" "Name = near" "$(capinfos "$work/run.pcapng" 2>&1)"
    has "packets as capinfos counts them" "^Number of packets: *$(tcpdump -Z root -nn -r "$work/run.pcapng" 2>/dev/null | wc -l)\$" "$(capinfos -M "$work/run.pcapng" 2>&1)"
fi

# The addresses of an interface, as ip(8) shows them; in the order of the kernel's list, the first one is that of `ip broadcast`.
ip address add 192.0.2.9/25 dev near label near:x
ip address add 198.51.100.1/30 dev near
echo 0 >/proc/sys/net/ipv6/conf/near/disable_ipv6 2>/dev/null && ip address add 2001:db8::2/64 dev near nodad
start addressed -w "$work/addressed.pcapng" -e '@@BEGIN { printf("ready\n"); } @@net:bpf:near:udp:"udp dst port 5001" { n++; }'
recorder=$id
of_ip=$(ip -o address show dev near | awk '{ print $4 }')
stop "$recorder"
of_block=$(perl -MSocket=inet_ntop,AF_INET,AF_INET6 -e '
    local $/; open(my $file, "<:raw", shift) or die; my $bytes = <$file>;
    for (my $at = 0; $at < length $bytes;) {
        my ($type, $size) = unpack("LL", substr($bytes, $at, 8));
        if ($type == 1) {
            my $options = substr($bytes, $at + 16, $size - 20);
            while (length $options >= 4) {
                my ($code, $length) = unpack("SS", $options);
                last if $code == 0;
                my $value = substr($options, 4, $length);
                print inet_ntop(AF_INET, substr($value, 0, 4)), "/", unpack("%32b*", substr($value, 4)), "\n" if $code == 4;
                print inet_ntop(AF_INET6, substr($value, 0, 16)), "/", unpack("C", substr($value, 16)), "\n" if $code == 5;
                $options = substr($options, 4 + ($length + 3 & ~3));
            }
        }
        $at += $size;
    }' "$work/addressed.pcapng")
[[ $(wc -l <<<"$of_ip") -ge 3 ]] || fail "addresses of the interface: $of_ip"
same "addresses in the file" "$of_ip" "$of_block"

# What a predicate holds for goes into another file.
"$PROBEVUE" -r "$work/run.pcapng" -w "$work/syn.pcapng" -e '@@net:bpf:near:tcp:"" when (__tcphdr->flags == TH_SYN) {}' 2>"$work/copy.err"
same "copying" "0 " "$? $(cat "$work/copy.err")"
same "packets that were copied" 3 "$(packets "$work/syn.pcapng" | wc -l)"
"$PROBEVUE" -r "$work/run.pcapng" -w - -o /dev/null "$work/mixed.e" 2>/dev/null | tcpdump -Z root -nn -r - 2>/dev/null >"$work/piped"
same "to standard output" "$(packets "$work/run.pcapng" | wc -l)" "$(wc -l <"$work/piped")"

# What cannot be.
"$PROBEVUE" -r "$work/run.pcapng" -w "$work/run.pcapng" "$work/mixed.e" >/dev/null 2>"$work/err"
same "onto itself" 2 $?
has "onto itself" "would overwrite" "$(cat "$work/err")"
"$PROBEVUE" -r "$work/run.pcapng" -w - "$work/mixed.e" >/dev/null 2>"$work/err"
same "standard output twice" 2 $?
"$PROBEVUE" -w /nonexistent/run.pcapng "$work/mixed.e" >/dev/null 2>"$work/err"
same "no such folder" 2 $?
has "no such folder" 'cannot record to `/nonexistent/run.pcapng`: No such file or directory' "$(cat "$work/err")"
timeout 20 "$PROBEVUE" -w /dev/full "$work/mixed.e" >"$work/out" 2>"$work/err"
same "a full disk" 1 $?
has "a full disk" 'cannot write the recording `/dev/full`: No space left on device' "$(cat "$work/err")"
has "a full disk: END runs" "end 0" "$(cat "$work/out")"

conclude
