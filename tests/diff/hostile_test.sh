#!/usr/bin/env bash
# Input that somebody has made to harm who reads it (tests/data/hostile.py): what is read before is right, one message says
# what is wrong and where, and memory and time stay within bounds (docs/reliability.md).
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
command -v python3 >/dev/null || { echo "python3 is not there, which writes the files"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C TZ=UTC NO_COLOR=1 HOME=$work
passed=0 failed=0
# Sanitizers have memory of their own.
most_mb=64
sanitized=
grep -qa __asan_init "$PROBEVUE" && sanitized=yes

ok() { passed=$((passed + 1)); }
wrong() {
    failed=$((failed + 1))
    echo "FAIL $1"
    sed 's/^/    /' "$work/err" | head -5 | cut -c 1-300
}
made() { python3 tests/data/hostile.py "$1" >"$work/$2"; }

# run STATUS NAME ARGUMENT...: the command ends with this status, soon and with little memory
run() {
    local status=$1 name=$2 got memory
    shift 2
    timeout 60 "$PROBEVUE" --stats "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    if [[ $got == "$status" ]]; then ok; else wrong "$name: exit status $got"; fi
    memory=$(sed -n 's/^memory: \([0-9]*\) bytes/\1/p' "$work/err")
    if [[ -n $sanitized || (-n $memory && $memory -le $((most_mb << 20))) ]]; then ok; else wrong "$name: ${memory:-no} bytes of memory"; fi
}
said() { if grep -qF -- "$2" "$work/err"; then ok; else wrong "$1: not said: $2"; fi; }
printed() { if [[ $(<"$work/out") == "$2" ]]; then ok; else wrong "$1: printed $(head -c 200 "$work/out")"; fi; }

# --- memory -------------------------------------------------------------------------------------------------------------

count='@@net:bpf:any:*:"" { n++; } @@END { printf("%d\n", n); }'
for kind in names addresses processes; do
    made $kind file
    run 1 $kind -r "$work/file" -e "$count"
    said $kind ': what it says of interfaces and processes takes more than 16 MB'
    said $kind 'damaged at byte '
done
made shapes file
run 1 shapes -r "$work/file" -e "$count"
said shapes 'descriptions of events that take more than 8 MB'
# A section header that says it is as long as memory.
python3 -c 'import struct, sys
sys.stdout.buffer.write(struct.pack("<IIIHHq", 0x0a0d0d0a, 0x5ffffffc, 0x1a2b3c4d, 1, 0, -1) + bytes(9 << 20))' >"$work/file"
"$PROBEVUE" -r "$work/file" -e "$count" >"$work/out" 2>"$work/err" && wrong "section: it is read" # before there is a session to measure
said section 'a block of 1610612732 bytes'
made interfaces file
run 1 interfaces -r "$work/file" -e "$count"
said interfaces 'more than 65536 interfaces'
made masks file
run 0 masks -r "$work/file" -e '@@net:bpf:any:*:"udp" { n++; } @@END { printf("%d\n", n); }'
printed masks 3000
if command -v zstd >/dev/null; then
    made names file
    zstd -qf "$work/file" -o "$work/file.zst"
    run 1 'names, compressed' -r "$work/file.zst" -e "$count"
    made many file
    zstd -qf --ultra -22 --zstd=wlog=27 "$work/file" -o "$work/file.zst"
    timeout 60 "$PROBEVUE" -r "$work/file.zst" -e "$count" >"$work/out" 2>"$work/err"
    said 'a window of 128 MB' 'the zstd data needs more than 16 MB of memory, decompress it before with `zstd -dc`'
    zstd -qf -19 "$work/file" -o "$work/file.zst"
    run 0 'zstd -19' -r "$work/file.zst" -e "$count"
    printed 'zstd -19' 400000
fi

# A state that makes gigabytes of text, as a file and by a pipe.
if command -v zstd >/dev/null; then
    "$PROBEVUE" -r tests/data/web.pcap --state-out - -e "$count" | zstd -qdc >"$work/text"
    { head -n 1 "$work/text" && head -c 3G /dev/zero | tr '\0' '\n' && tail -n +2 "$work/text"; } | zstd -q >"$work/bomb.pvs"
    # It ends before there are any figures: the most that it had, in kilobytes.
    most='import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], timeout=60).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)'
    for way in file pipe; do
        given=$work/bomb.pvs
        [[ $way == file ]] || given=-
        cat "$work/bomb.pvs" | python3 -c "$most" "$PROBEVUE" --merge "$given" -e "$count" >"$work/out" 2>"$work/err"
        [[ ${PIPESTATUS[1]} == 1 ]] && ok || wrong "a state by a $way: exit status"
        said "a state by a $way" 'MB of text, and no state of its size does'
        memory=$(<"$work/out")
        if [[ -n $sanitized || $memory -le $((most_mb << 10)) ]]; then ok; else wrong "a state by a $way: $memory kB of memory"; fi
    done
fi

# --- time stamps far apart ------------------------------------------------------------------------------------------------

# What is gathered in an interval is shown at its end, also where most of those behind it are left out.
gaps='int n; @@net:bpf:any:*:"" { n++; } @@interval:*:clock:100 { printf("%d\n", n); n = 0; } @@END { printf("%d\n", n); }'
made gaps file
run 0 gaps -r "$work/file" -e "$gaps"
said gaps 'time stamps far apart: 864000 s before packet or event 2: 8639998 firings of intervals are left out'
said gaps '164159962 lost: '
said gaps 'firings of intervals between time stamps far apart were left out: an interval that is longer has fewer, and `editcap -A -B` cuts out the time that matters'
printed gaps "$(for ((i = 0; i < 19; i++)); do printf '1\n0\n'; done; echo 1)"
timeout 60 "$PROBEVUE" --fail-on-loss -r "$work/file" -e "$gaps" >"$work/out" 2>"$work/err"
[[ $? == 4 ]] && ok || wrong '--fail-on-loss of intervals'
# On threads it is the same.
for jobs in 1 2; do
    timeout 60 "$PROBEVUE" -j $jobs -r "$work/file" -e '@@net:bpf:any:*:"" { n[__pkt->caplen]++; } @@interval:*:clock:1000 { print(n); clear(n); }' \
        >"$work/out.$jobs" 2>"$work/err.$jobs"
done
if cmp -s "$work/out.1" "$work/out.2" && cmp -s "$work/err.1" "$work/err.2"; then ok; else wrong 'gaps on threads'; fi
# Ten days of seconds are fine.
run 0 'ten days' -r "$work/file" -c 2 -e '@@net:bpf:any:*:"" { p++; } @@interval:*:clock:1000 { n++; } @@END { printf("%d\n", n); }'
printed 'ten days' 864000

# --- what would steer a terminal ------------------------------------------------------------------------------------------

# on_terminal ARGUMENT...: what a terminal is given, its returns and our own colours taken out
on_terminal() {
    printf -v command '%q ' timeout 60 "$PROBEVUE" "$@"
    # %q writes as bash reads; script asks $SHELL, else sh.
    TERM=xterm SHELL=$BASH script -qec "$command" /dev/null </dev/null | tr -d '\r' >"$work/err"
}
# Is there anything left but text? LC_ALL=C: bytes.
clean() {
    if LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xff|\xe2\x80\xae' "$work/err"; then wrong "$1: a terminal is steered"; else ok; fi
    if grep -q '^probevue: error: forged' "$work/err"; then wrong "$1: a line is forged"; else ok; fi
}
if command -v script >/dev/null; then
    made steering packets
    made steering-names names
    text='@@net:bpf:eth7:udp:"" { String s[80]; copy_kdata(__pkt->payload, s);'
    as_shown='\x1b]0;OWNED\x07\x1b[2J\x1b[31mred\r\nprobevue: error: forged\n\x7f\xc2\x9b1m\x9b1m\xff\xc3(\xe2\x80\xaeabcé'
    on_terminal -r "$work/packets" -e "$text"' printf("[%s]\n", s); trace(s); n[s]++; m[__pkt->ifname]++; printf("%c\n", 27); } @@END { print(n); print(m); }'
    clean values
    said values "[$as_shown]"
    said values "n[$as_shown]"
    said values '\x1b'
    # As a whole, in a field that is wider, and cut off before it is shown.
    on_terminal -r "$work/packets" -e "$text"' printf("[%12.3s]\n", s); }'
    said widths '[      \x1b]0]'
    for format in csv json; do
        on_terminal --format $format -r "$work/names" -e "$text"' printf("%s\n", s); n[s]++; m[__pkt->ifname]++; } @@END { print(n); print(m); }'
        clean "--format $format"
    done
    # What the script prints by itself is its own affair.
    on_terminal -e '@@BEGIN { printf("\x1b[1mbold\x1b[0m\n"); exit(); }'
    said literals $'\x1b[1mbold\x1b[0m'
    # Names in messages, of a file too, and in the session.
    on_terminal -r "$work/names" -e '@@net:bpf:any:tcp:"" { n[__pkt->ifname]++; }'
    clean messages
    cp "$work/names" "$work/"$'\x1b[2Jx\nprobevue: error: forged'
    on_terminal -r "$work/"$'\x1b[2Jx\nprobevue: error: forged' -e '@@net:bpf:any:udp:"" { n[__pkt->ifname]++; } @@END { print(n); }'
    clean 'names of files'
    said 'names of files' 'x1b[2Jx\nprobevue: error: forged: damaged at byte '
    printf '@@BEGIN { \033[2J\302\2331m }\n' >"$work/"$'\x1b[2J.e'
    on_terminal --check "$work/"$'\x1b[2J.e'
    clean scripts
    on_terminal --show "$work/"$'\x1b[2J.e'
    clean --show
    for stage in tokens ast types ir; do
        on_terminal -d $stage "$work/"$'\x1b[2J.e'
        clean "-d $stage"
    done
    printf '// \033[2J\n@@BEGIN { printf("%%s", "\033[2J"); }\n' >"$work/"$'\x1b[3J.e'
    on_terminal --fmt "$work/"$'\x1b[3J.e'
    clean --fmt
    said --fmt '// \x1b[2J'
    on_terminal --fmt --check "$work/"$'\x1b[3J.e'
    clean '--fmt --check'
    mkdir "$work/"$'t\x1b[2J'
    cp "$work/"$'\x1b[3J.e' "$work/"$'t\x1b[2J/a\x1b[2J.e'
    echo x >"$work/"$'t\x1b[2J/a\x1b[2J.out'
    on_terminal --test "$work/"$'t\x1b[2J'
    sed -i 's/\x1b\[K//g' "$work/err" # the line of progress, which is our own
    clean --test
    said --test 'a\x1b[2J'
    printf '.next\n__pkt->ifname\n.next\n' | timeout 60 "$PROBEVUE" -i -r "$work/names" >"$work/err" 2>&1
    said .next '\x1b]0;OWNED\x07evil\x1b[2J'
    clean .next
fi
# A file or a pipe is given what was there.
made steering packets
timeout 60 "$PROBEVUE" -r "$work/packets" -e '@@net:bpf:eth7:udp:"" { String s[80]; copy_kdata(__pkt->payload, s); printf("%s", s); }' >"$work/out" 2>"$work/err"
if cmp -s "$work/out" <(tail -c +83 "$work/packets"); then ok; else wrong 'bytes of a pipe'; fi

# --- no memory ----------------------------------------------------------------------------------------------------------------

if [[ -z $sanitized ]]; then
    made many file
    for engine in jit interp; do
        # What the command needs to start, and some more.
        for ((kb = 30000; kb < 200000; kb += 4000)); do
            (ulimit -v $kb && exec timeout 60 "$PROBEVUE" -e '@@BEGIN { exit(); }') >/dev/null 2>&1 && break
        done
        for jobs in 1 2; do
            (ulimit -v $((kb + jobs * 12000)) && exec timeout 60 "$PROBEVUE" --engine $engine -j $jobs -c abs_mem_for_dvars=99000000 -r "$work/file" \
                -e '@@net:bpf:any:*:"" { n[__pkt->number]["some text"] = 1; m[__pkt->number] = "some more text, which is rather long, so that it takes memory"; }') >"$work/out" 2>"$work/err"
            [[ $? == 1 ]] && ok || wrong "no memory, $engine, -j $jobs: exit status"
            said "no memory, $engine, -j $jobs" 'there is no more memory, at packet or event '
            said "no memory, $engine, -j $jobs" '-c abs_mem_for_dvars=KB bounds arrays, `ulimit -v` and control groups bound processes'
        done
    done
fi

# --- a device that is full ------------------------------------------------------------------------------------------------

full() {
    timeout 60 "$PROBEVUE" "$@" >/dev/full 2>"$work/err" </dev/null
    [[ $? == 1 ]] && ok || wrong "full device: $*: exit status"
    said "full device: $*" 'No space left on device'
}
echo '@@BEGIN { printf("x\n"); }' >"$work/script.e"
full --version
full --help
full -l
full -l --format json
full -l "$work/script.e"
full --scripts
full --show top_talkers
full -d ast "$work/script.e"
full --fmt "$work/script.e"
full --check --format json "$work/script.e"
full -r tests/data/web.pcap --state-out - -e '@@net:bpf:any:tcp:"" { n++; }'
for format in text json csv html; do full --format $format "$work/script.e"; done
full -i "$work/script.e"

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
