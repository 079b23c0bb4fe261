#!/usr/bin/env bash
# Whose packets are in a recording: as tshark reads the file, in a replay, in a copy; and what is said where nobody knows.
. "$(dirname "${BASH_SOURCE[0]}")/network.sh"

serve in_far 8001
cat >"$work/whose.e" <<'SCRIPT'
@@BEGIN { printf("ready\n"); }
@@net:bpf:near:tcp:"tcp port 8001" { printf("%I > %I %lld %lld %s\n", __ip4hdr->src_addr, __ip4hdr->dst_addr, __owner->pid, __owner->uid, __owner->name); }
SCRIPT
start live -w "$work/run.pcapng" "$work/whose.e" || conclude
recorder=$id
perl -MIO::Socket::INET -e '
    my $to = IO::Socket::INET->new(PeerAddr => "192.0.2.3:8001") or die;
    print $to "question\n";
    my $answer = <$to>;
    print "$$\n";' >"$work/asking"
asking=$(<"$work/asking")
stop "$recorder"
same "exit status of a recording" 0 "$status"
packets=$(grep -c '>' "$work/live.out")
[[ $packets -ge 6 ]] || fail "packets: $packets"
same "packets of the process" "$packets" "$(grep -c "> [0-9.]* $asking $(id -u) perl\$" "$work/live.out")"
"$PROBEVUE" -r "$work/run.pcapng" "$work/whose.e" >"$work/replay.out" 2>"$work/replay.err"
same "exit status of the replay" 0 $?
same "live and replay" "$(<"$work/live.out")" "$(<"$work/replay.out")"
same "messages of the replay" "" "$(<"$work/replay.err")"

# Other programs find the option of each packet, and the block of the process.
if command -v tshark >/dev/null; then
    read_file=(tshark -r "$work/run.pcapng")
    options=$("${read_file[@]}" -X read_format:"MIME Files Format" -T json -x 2>/dev/null |
        perl -0777 -ne 'while (/"pcapng.options.option.code": "8".*?"pcapng.options.option.data_raw": \[\s*"([0-9a-f]+)"/gs) { my ($process, $thread) = unpack "LL", pack "H*", $1; print "$process $thread\n" }')
    same "owners as tshark finds them" "$(yes "$asking 0" | head -n "$packets")" "$options"
    same "processes as tshark finds them" 1 "$("${read_file[@]}" -Y 'frame.cb_pen == 32622' -T fields -e frame.number 2>/dev/null | wc -l)"
    same "packets as tshark reads them" "$packets" "$("${read_file[@]}" -Y 'tcp.port == 8001' 2>/dev/null | wc -l)"
fi
block=$(perl -e '
    local $/; open(my $file, "<:raw", shift) or die; my $bytes = <$file>;
    for (my $at = 0; $at < length $bytes;) {
        my ($type, $size) = unpack("LL", substr($bytes, $at, 8));
        my ($enterprise, $entry, $length, $process) = unpack("LVVV", substr($bytes, $at + 8, 16));
        if ($type == 0xbad && $enterprise == 32622 && $entry == 3) {
            my $options = substr($bytes, $at + 24, $length - 4);
            print $process;
            while (length $options >= 4) {
                my ($code, $length) = unpack("vv", $options);
                last if $code == 0;
                my $value = substr($options, 4, $length);
                print " ", $code == 6 ? unpack("V", $value) : $value;
                $options = substr($options, 4 + ($length + 3 & ~3));
            }
            print "\n";
        }
        $at += $size;
    }' "$work/run.pcapng")
same "the process in the file" "$asking perl $(id -u)" "$block"

# Who copies a recording without asking keeps them.
"$PROBEVUE" -r "$work/run.pcapng" -w "$work/copy.pcapng" -e '@@net:bpf:near:tcp:"" { n++; }' 2>"$work/copy.err"
same "copying" "0 " "$? $(<"$work/copy.err")"
same "owners in the copy" "$(<"$work/live.out")" "$("$PROBEVUE" -r "$work/copy.pcapng" "$work/whose.e" 2>&1)"

# A capture by tcpdump has none, which is said.
listen all -i near
seen=$id
ask 192.0.2.3 8001 >/dev/null || fail "no answer"
settle all 192.0.2.3
stop "$seen"
"$PROBEVUE" -r "$work/all.pcap" "$work/whose.e" >"$work/without.out" 2>"$work/without.err"
same "owners in another capture" "$(grep -c '>' "$work/without.out")" "$(grep -c '> [0-9.]* -1 -1 $' "$work/without.out")"
has "that has none" "\`__owner->pid\` is -1 here: it was not recorded in .*all.pcap" "$(<"$work/without.err")"

# Who may see packets, but nothing of the kernel, is told what is missing.
if command -v setpriv >/dev/null; then
    setpriv --bounding-set -all,+net_raw,+net_admin,+dac_override --inh-caps -all "$PROBEVUE" "$work/whose.e" >/dev/null 2>"$work/err"
    same "without the privilege" 3 $?
    has "without the privilege" "CAP_BPF" "$(<"$work/err")"
fi
conclude
