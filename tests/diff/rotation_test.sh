#!/usr/bin/env bash
# Recordings in several files (-C, -G, -W), against tcpdump as a reader, and against one file: names, sizes, what is in
# each, and that together they say what one says.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
source tests/tally.sh
data=$(pwd -P)/tests/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C TZ=UTC NO_COLOR=1
cd "$work" || exit 1
all='@@net:bpf:::"" { n++; } @@interval:*:clock:500 { ticks++; } @@END { printf("%d %d\n", n, ticks); }'

count() { tcpdump -n -r "$1" 2>/dev/null | wc -l; } # count FILE: packets that tcpdump reads
names() { find . -maxdepth 1 -name "$1" -printf '%f\n' | sort -V | tr '\n' ' '; }

# --- by size --------------------------------------------------------------------------------------------------------

whole=$("$PROBEVUE" -r "$data/web.pcap" -w one -C 2k -e "$all")
is "the script sees all packets" "$("$PROBEVUE" -r "$data/web.pcap" -e "$all")" "$whole"
files=() packets=0 grown=0
for file in one one{1..99}; do
    [[ -e $file ]] || continue
    files+=(-r "$file")
    packets=$((packets + $(count "$file")))
    (($(stat -c %s "$file") > 2048)) && grown=$((grown + 1))
done
is "all packets are in the files" "$(count "$data/web.pcap")" "$packets"
is "names go on without a gap" "one $(seq -f 'one%g' -s ' ' $((${#files[@]} / 2 - 1))) " "$(names 'one*')"
is "each but the last is beyond the size" $((${#files[@]} / 2 - 1)) $((grown - ($(stat -c %s "one$((${#files[@]} / 2 - 1))") > 2048)))
is "together they say what one says" "$whole" "$("$PROBEVUE" "${files[@]}" -e "$all")"
is "each is whole: nothing is said of it" '' "$("$PROBEVUE" -r one3 -e '@@net:bpf:::"" { n++; }' 2>&1 >/dev/null)"

# One that is small beside the size, and the size as tcpdump counts it.
"$PROBEVUE" -r "$data/web.pcap" -w small -C 1 -e "$all" >/dev/null
is "less than the size is one file" 'small ' "$(names 'small*')"

# With a number of files they are written over from the first on, and sort by their names.
"$PROBEVUE" -r "$data/web.pcap" -w ring -C 2k -W 12 -e "$all" >/dev/null
is "numbers with zeros in front" "$(seq -f 'ring%02g' -s ' ' 0 $((${#files[@]} / 2 > 12 ? 11 : ${#files[@]} / 2 - 1))) " "$(names 'ring*')"
"$PROBEVUE" -r "$data/web.pcap" -w last -C 2k -W 2 -e "$all" >/dev/null
is "two files are kept" 'last0 last1 ' "$(names 'last*')"
final=$((${#files[@]} / 2 - 1))
is "they are the last two" "$(count "one$final") $(count "one$((final - 1))")" \
   "$(count "last$((final % 2))") $(count "last$(((final - 1) % 2))")"

# --- by time --------------------------------------------------------------------------------------------------------

# Of the times of the packets, with awk: a file begins with the first packet that is so late.
tcpdump -n -tt -r "$data/web.pcap" 2>/dev/null | awk '
    NR == 1 { since = $1 }
    $1 - since >= 1 { print n; n = 0; since = $1 }
    { n++ }
    END { print n }' >by_time
timed=$("$PROBEVUE" -r "$data/web.pcap" -w 'at-%H%M%S' -G 1 -e "$all")
is "by time: the script sees all packets" "$whole" "$timed"
for file in at-*; do count "$file"; done >counts
is "by time: packets of each second" "$(<by_time)" "$(<counts)"
first=$(tcpdump -n -tt -c 1 -r "$data/web.pcap" 2>/dev/null | cut -d. -f1)
is "the name is of the time at which the file begins" "at-$(date -u -d "@$first" +%H%M%S)" "$(set -- at-*; echo "$1")"
"$PROBEVUE" -r "$data/web.pcap" -w same -G 1 -e "$all" >/dev/null
is "a name without a time is written over" "$(tail -n 1 by_time)" "$(count same)"

ended=$("$PROBEVUE" -r "$data/web.pcap" -w 'few-%H%M%S' -G 1 -W 2 -e '@@net:bpf:::"" { n++; } @@END { printf("%d\n", n); }')
is "the session ends after two files" 2 "$(find . -name 'few-*' | wc -l)"
is "what clauses have seen is what is recorded" "$ended" "$(for file in few-*; do count "$file"; done | awk '{ n += $1 } END { print n }')"

# --- events, losses, errors -----------------------------------------------------------------------------------------

script='@@net:tcp:state_change { n[__proto_info->remote_port]++; } @@END { print(n); }'
"$PROBEVUE" -r "$data/states.pcapng" -w events -C 1k -e "$script" >whole
files=()
for file in events events{1..99}; do [[ -e $file ]] && files+=(-r "$file"); done
is "events go into several files" yes "$( ((${#files[@]} > 4)) && echo yes)"
is "events: together they say what one says" "$(<whole)" "$("$PROBEVUE" "${files[@]}" -e "$script" 2>&1)"

# BSD's loopback, captured on a machine of the big end: IPv6 of FreeBSD, then IPv4, as tcpdump tells them apart in both.
python3 - <<'PYTHON' >foreign.pcap
import struct, sys
six = struct.pack("!IHBB", 0x60000000, 8, 17, 64) + bytes(15) + b"\1" + bytes(15) + b"\1" + struct.pack("!HHHH", 1, 2, 8, 0)
four = struct.pack("!BBHHHBBH4s4sHHHH", 0x45, 0, 28, 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1", 1, 2, 8, 0)
out = struct.pack(">IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 0)
for family, packet in ((28, six), (2, four), (2, four)):
    out += struct.pack(">IIIII", 1, 0, len(packet) + 4, len(packet) + 4, family) + packet
sys.stdout.buffer.write(out)
PYTHON
families='@@net:bpf:::"ip6" { six++; } @@net:bpf:::"ip" { four++; } @@END { printf("%d %d\n", six, four); }'
counted() { echo "$(tcpdump -n -r "$1" ip6 2>/dev/null | wc -l) $(tcpdump -n -r "$1" ip 2>/dev/null | wc -l)"; }
is "the loopback of another byte order: as tcpdump has it" "1 2" "$(counted foreign.pcap)"
is "is seen while it is recorded" "1 2" "$("$PROBEVUE" -r foreign.pcap -w foreign.pcapng -e "$families")"
is "and in the recording" "1 2" "$("$PROBEVUE" -r foreign.pcapng -e "$families")"
is "by tcpdump too" "1 2" "$(counted foreign.pcapng)"
"$PROBEVUE" -r "$data/web.pcap" -w far -G 18446744073 -e "$all" >/dev/null 2>&1
is "a time to rotate at that never comes" "$(count "$data/web.pcap")" "$(count far)"

cp "$data/web.pcap" over2
"$PROBEVUE" -r over2 -w over -C 2k -e "$all" >/dev/null 2>err
is "a file that is being replayed is not written over" \
   'probevue: error: -w would overwrite `over2`, which is being replayed (record to another file)' "$(<err)"
is "and is as it was" "$(count "$data/web.pcap")" "$(count over2)"
mkdir dir dir/file1
"$PROBEVUE" -r "$data/web.pcap" -w dir/file -C 2k -e "$all" >/dev/null 2>err
is "a file that cannot be made: exit status" 2 $?
is "a file that cannot be made" 'probevue: error: cannot record to `dir/file1`: Is a directory' "$(sed 's/ (.*//' err)"

conclude
