#!/usr/bin/env bash
# What the command says when it is told something that cannot be: the whole sentence, what to do, and the exit status, of
# flags, files, recordings and the session. What the kernel refuses is in tests/live.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C TZ=UTC NO_COLOR=1 HOME=$work
unset XDG_STATE_HOME
passed=0 failed=0
nothing='@@BEGIN { exit(); }'

# said WHAT LINE...: each is in what was said
said() {
    local what=$1 line
    shift
    for line in "$@"; do
        if grep -qF -- "$line" "$work/err"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAIL $what: not said: $line"
            sed 's/^/    /' "$work/err"
        fi
    done
}

# says STATUS MESSAGE HINT ARGUMENT...: the command with these, in an environment of few words
says() {
    local status=$1 message=$2 hint=$3 got
    shift 3
    timeout 30 "$PROBEVUE" "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    [[ $got == "$status" ]] || { failed=$((failed + 1)); echo "FAIL $message: exit status $got"; }
    said "$message" "$message" ${hint:+"$hint"}
}

# --- flags ------------------------------------------------------------------------------------------------------------

flags='probevue --help lists the flags'
says 2 '-c wants a number of events or name=value, not `timestamp`' "$flags" -c timestamp -e "$nothing"
says 2 '-c N counts events in the engine, --home kernel lets no clause run there' 'leave one out' -c 5 --home kernel -e "$nothing"
says 2 '-c N and --for end a run; the interactive session ends with .quit' 'leave out -i, or the end' -i -c 5
says 2 '-c timestamp is 0, 1 or 2, not `3`' "$flags" -c timestamp=3 -e "$nothing"
says 2 '-c thread is on or off, not `yes`' "$flags" -c thread=yes -e "$nothing"
says 2 '-c pid wants numbers joined by commas, not `1,x`' "$flags" -c pid=1,x -e "$nothing"
says 2 '-c abs_mem_for_dvars wants a number of at least 1, not `0`' "$flags" -c abs_mem_for_dvars=0 -e "$nothing"
says 2 '-c num_threads_traced wants a number of at least 1, not `-1`' "$flags" -c num_threads_traced=-1 -e "$nothing"
says 2 '-c does not know `colour`' 'it knows timestamp, thread, pid, tid, abs_mem_for_dvars, num_threads_traced' -c colour=1 -e "$nothing"
says 2 '--format is text, json, csv or html, not `xml`' "$flags" --format xml -e "$nothing"
says 2 '--home is auto, engine or kernel, not `away`' "$flags" --home away -e "$nothing"
says 2 '--engine is jit or interp, not `steam`' "$flags" --engine steam -e "$nothing"
says 2 '--color is auto, always or never, not `red`' "$flags" --color red -e "$nothing"
says 2 '-f is milli or micro, not `nano`' "$flags" -f nano -e "$nothing"
says 2 '-L is the library path for the program of -X, and there is none' "$flags" -L /lib -e "$nothing"
says 2 '-A gives arguments to the program of -X, and there is none' 'give -X PROGRAM' -A x -e "$nothing"
says 2 '-l takes one pattern, and `tcp` is a second one' 'put a pattern with `*` in quotes, so that the shell leaves it alone' -l net tcp
says 2 '--hook does not know `anchor`' 'it is one of tracepoint, fentry, kprobe, ' --hook anchor -e "$nothing"
says 2 '-w - records to standard output, where the trace goes too' 'give -o FILE for the trace' -w - -e "$nothing"
says 2 '-w records a script, not an interactive session' 'give a script, or no -i' -i -w "$work/new"
says 2 'an interactive session is about one capture, and -r names 2' 'give one -r, and `.read FILE` for the others; `mergecap -w ALL FILE...` makes one of them' -i -r tests/data/web.pcap -r tests/data/dns.pcap
says 2 '-o is for the run of a script, and this is the interactive session' 'give a script, or leave out -o' -i -o "$work/new"
says 2 '--fail-on-loss is for the run of a script, and this is the interactive session' 'leave out --fail-on-loss' -i --fail-on-loss
says 2 'a quote in -A `-c "x` is not closed' 'close it, or put a \ before it' -X sh -A '-c "x' -e "$nothing"
cp tests/data/web.pcap "$work/web.pcap"
says 2 "-w would overwrite \`$work/web.pcap\`, which is being replayed" 'record to another file' -r "$work/web.pcap" -w "$work/web.pcap" -e "$nothing"
says 2 "-o would overwrite \`$work/web.pcap\`, which is being replayed" 'write to another file' -r "$work/web.pcap" -o "$work/web.pcap" -e "$nothing"
says 2 "--state-out would overwrite \`$work/web.pcap\`, which is being replayed" 'write to another file' -r "$work/web.pcap" --state-out "$work/web.pcap" -e "$nothing"
ln -s web.pcap "$work/link.pcap"
says 2 "-o would overwrite \`$work/web.pcap\`, which is being replayed" 'write to another file' -r "$work/web.pcap" -o "$work/link.pcap" -e "$nothing"
says 2 '-o and -w would both write `'"$work/both"'`' 'give each a file of its own' -r "$work/web.pcap" -o "$work/both" -w "$work/../${work##*/}/both" -e "$nothing"
[[ ! -e $work/both ]] || { failed=$((failed + 1)); echo "FAIL what is refused is written"; }
cmp -s tests/data/web.pcap "$work/web.pcap" || { failed=$((failed + 1)); echo "FAIL a capture was overwritten"; }
"$PROBEVUE" -r "$work/web.pcap" --state-out "$work/web.pvs" -e "$nothing" >/dev/null
says 2 "-o would overwrite \`$work/web.pvs\`, which is being merged" 'write to another file' --merge "$work/*.pvs" -o "$work/web.pvs" -e "$nothing"
echo "$nothing" >"$work/own.e"
says 2 "-o would overwrite \`$work/own.e\`, which is the script" 'write to another file' -r "$work/web.pcap" -o "$work/own.e" "$work/own.e"
says 2 "-w would overwrite \`$work/own.e\`, which is the script" 'record to another file' -r "$work/web.pcap" -w "$work/own.e" "$work/own.e"
[[ $(<"$work/own.e") == "$nothing" ]] || { failed=$((failed + 1)); echo "FAIL a script was overwritten"; }
says 2 'system calls of 32-bit programs are not traced' '-l syscallx lists those of 64-bit programs' -l syscallx32
says 2 'no probe point matches `@@net:bpf:lo:foo`' 'probevue -l net lists those of @@net' -l '@@net:bpf:lo:foo'
printf '#VUE_CMD_ARGS -T loose\n%s\n' "$nothing" >"$work/loose.e"
says 2 '#VUE_CMD_ARGS: `loose` is no flag' "$flags" "$work/loose.e"
printf '#VUE_CMD_ARGS -f nano\n%s\n' "$nothing" >"$work/nano.e"
says 2 '#VUE_CMD_ARGS: -f is milli or micro, not `nano`' "$flags" "$work/nano.e"
if [[ -c /dev/full ]]; then
    timeout 30 "$PROBEVUE" -d ir -e "$nothing" >/dev/full 2>"$work/err"
    [[ $? == 1 ]] || { failed=$((failed + 1)); echo "FAIL a dump to a full disk: exit status"; }
    said "a dump to a full disk" 'cannot write to standard output: No space left on device'
    timeout 30 "$PROBEVUE" -o /dev/full -e '@@BEGIN { printf("x\n"); exit(); }' 2>"$work/err" && failed=$((failed + 1))
    said "a trace to a full disk" 'cannot write to `/dev/full`: No space left on device' 'make room, or write elsewhere with -o FILE'
    timeout 30 "$PROBEVUE" -r tests/data/web.pcap -w /dev/full -e '@@net:bpf:any:*:"" { n++; }' 2>"$work/err" && failed=$((failed + 1))
    said "a recording to a full disk" 'cannot write the recording `/dev/full`: No space left on device' \
        'make room, or record elsewhere; what was written before can be replayed'
fi
# A limit of one block (512 or 1024 bytes) on files.
(ulimit -f 1; exec timeout 30 "$PROBEVUE" -o "$work/large" -r tests/data/web.pcap -e '@@net:bpf:any:*:"" { printf("%0100d\n", 1); }') 2>"$work/err" && failed=$((failed + 1))
said "a trace larger than the limit" 'the file reached the size limit (ulimit -f), write elsewhere with -o FILE'
(ulimit -f 1; exec timeout 30 "$PROBEVUE" -w "$work/large" -r tests/data/web.pcap -e '@@net:bpf:any:*:"" { n++; }') 2>"$work/err" && failed=$((failed + 1))
said "a recording larger than the limit" 'the file reached the size limit (ulimit -f); what was written before can be replayed'

# --- the program of -X --------------------------------------------------------------------------------------------------

# It looks as if it could be run, and then cannot: what is to read it is not there.
printf '#!/nowhere/shell\n' >"$work/broken"
chmod +x "$work/broken"
timeout 30 "$PROBEVUE" -X "$work/broken" -e '@@interval:*:clock:100 { exit(); }' >"$work/out" 2>"$work/err"
said "a program that is none" 'probevue: the program of -X cannot be run'
# Room for one file, which the loader of programs needs, so that there is none for a pipe; what the runner of tests has
# left open is closed. No process more, so that there is no child.
(for open in /proc/"$BASHPID"/fd/*; do ((${open##*/} <= 2)) || eval "exec ${open##*/}>&-"; done; ulimit -n 4; exec "$PROBEVUE" -X /bin/true -e "$nothing") >"$work/out" 2>"$work/err" </dev/null && failed=$((failed + 1))
said "no files left" 'cannot make a pipe: Too many open files'
someone=()
[[ $(id -u) != 0 ]] || someone=(setpriv --reuid 65534 --clear-groups --bounding-set -all --inh-caps -all)
if "${someone[@]}" test -x "$PROBEVUE" 2>/dev/null; then
    (ulimit -u 1; exec "${someone[@]}" "$PROBEVUE" -X /bin/true -e "$nothing") >"$work/out" 2>"$work/err" </dev/null && failed=$((failed + 1))
    said "no processes left" 'cannot start `/bin/true`: Resource temporarily unavailable'
else
    echo "another user cannot run $PROBEVUE: a child that cannot be started was left out"
fi

# --- files that are no captures, or damaged -----------------------------------------------------------------------------

packets='@@net:bpf:any:*:"" { n++; } @@END { printf("%d\n", n); }'
rest='what lies before was read; the rest cannot be trusted'
# file BYTE...: in $work/file, as printf has them
file() { printf "$@" >"$work/file"; }
section='\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0'
interface='\1\0\0\0\x14\0\0\0\1\0\0\0\xff\xff\0\0\x14\0\0\0'
file '\xd4\xc3\xb2\xa1\1\0\4\0\0\0\0\0\0\0\0\0\xff\xff\0\0\1\0\0\0'
says 1 'pcap version 1.4 is not supported' 'convert the file with `tcpdump -r FILE -w NEW`' -r "$work/file" -e "$packets"
file '\x0a\x0d\x0d\x0a\x1c\0\0\0'
says 1 'cut off in the middle of a section header at byte 0' 'what lies before was read; was the capture still being written?' -r "$work/file" -e "$packets"
file '\x0a\x0d\x0d\x0a\x1c\0\0\0\1\2\3\4\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0'
says 1 'damaged at byte 0: a section header of no byte order' "$rest" -r "$work/file" -e "$packets"
file '\x0a\x0d\x0d\x0a\x10\0\0\0\x4d\x3c\x2b\x1a\x10\0\0\0'
says 1 'damaged at byte 0: a short section header' '' -r "$work/file" -e "$packets"
file '\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\2\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0'
says 1 'pcapng version 2 is not supported (at byte 0)' '' -r "$work/file" -e "$packets"
file "$section"'\1\0\0\0\x10\0\0\0\1\0\0\0\x10\0\0\0'
says 1 'damaged at byte 28: a short interface block' '' -r "$work/file" -e "$packets"
file "$section"'\xad\x0b\0\0\x0c\0\0\0\x0c\0\0\0'
says 1 'damaged at byte 28: a short custom block' "$rest" -r "$work/file" -e "$packets"
file "$section$interface"'\6\0\0\0\x10\0\0\0\0\0\0\0\x10\0\0\0'
says 1 'damaged at byte 48: a short packet block' "$rest" -r "$work/file" -e "$packets"
file "$section$interface"'\6\0\0\0\x24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\0\0\0\xff\0\0\0\0\0\0\0\x24\0\0\0'
says 1 'damaged at byte 48: a packet larger than its block' "$rest" -r "$work/file" -e "$packets"
file "$section"'\6\0\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0'
says 1 'damaged at byte 28: a packet of an interface that was not described' "$rest" -r "$work/file" -e "$packets"
gzip -c tests/data/web.pcap | head -c 3000 >"$work/file"
printf '\377\377\377\377\377\377\377\377' | dd of="$work/file" bs=1 seek=200 conv=notrunc status=none
says 1 'damaged gzip data: ' '' -r "$work/file" -e "$packets"
if command -v zstd >/dev/null; then
    zstd -qc tests/data/web.pcap >"$work/file"
    printf '\377\377\377\377\377\377\377\377' | dd of="$work/file" bs=1 seek=60 conv=notrunc status=none
    says 1 'damaged zstd data: ' '' -r "$work/file" -e "$packets"
fi
# An interface of which nothing can be read but that there are packets: its link type is that of no network.
unknown='\1\0\0\0\x14\0\0\0\xfe\x0f\0\0\xff\xff\0\0\x14\0\0\0'
file "$section$unknown"'\6\0\0\0\x24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0\4\0\0\0\1\2\3\4\x24\0\0\0'
says 1 'no packet has a link type that can be read' 'packets of interface 0 are left out: link type ' -r "$work/file" -e '@@net:bpf:any:tcp:"" { n++; }'
says 0 'packets of interface 0 are left out by clauses with a protocol: link type ' 'lost: packets of their link type cannot be read' \
    -r "$work/file" -e "$packets @@net:bpf:any:tcp:\"\" { m++; }"
for link in raw null-little; do
    says 0 'the filter never matches on link type ' 'expression rejects all packets' -r "tests/data/made/link-$link.pcap" -e '@@net:bpf:any:*:"arp" { n++; }'
done
# Times three hundred years apart, between which intervals would fire without an end.
packet() { printf '\\6\\0\\0\\0\\x24\\0\\0\\0\\0\\0\\0\\0%s\\4\\0\\0\\0\\4\\0\\0\\0\\1\\2\\3\\4\\x24\\0\\0\\0' "$1"; }
file "$section$interface$(packet '\0\0\0\0\0\0\0\1')$(packet '\0\0\x20\0\0\0\0\0')"
says 0 'time stamps far apart: ' 'firings of intervals between time stamps far apart were left out: ' -r "$work/file" -e "$packets"' @@interval:*:clock:100 { t++; }'

# --- recordings -----------------------------------------------------------------------------------------------------------

states=tests/data/states.pcapng
says 0 '@@net:tcp:retransmit never fires: it was not enabled when ' 'record with a script that has it' -r "$states" -e '@@net:tcp:retransmit { n++; }'
says 0 '@@net:tcp:retransmit never fires: tests/data/web.pcap holds packets only' 'record events with -w' -r tests/data/web.pcap -e '@@net:tcp:retransmit { n++; }'
says 0 '`__ppid` is 0 here: it was not recorded in ' 'record with a script that reads it' -r "$states" -e '@@net:tcp:state_change { s = __ppid; }'
head -c $(($(stat -c %s "$states") / 2)) "$states" >"$work/file"
says 1 'cut off in the middle of a block at byte ' 'what lies before was read; was the capture still being written?' -r "$work/file" -e '@@net:tcp:state_change { n++; }'

# Without its last block, whose size stands at its end too.
last=$(tail -c 4 "$states" | od -An -tu4)
head -c -$((last)) "$states" >"$work/file"
says 0 ': the recording was not ended properly' '' -r "$work/file" -e '@@net:tcp:state_change { n++; }'

# --- a script that is listed --------------------------------------------------------------------------------------------

echo '@@net:bpf:nowhere0:tcp:"" { n[1]++; }' >"$work/listed.e"
timeout 30 "$PROBEVUE" -l "$work/listed.e" >"$work/err" 2>&1
said "a script that is listed" 'packet socket with a classic BPF filter' '      not on this machine: there is no interface `nowhere0`' '  n, an array with 1 key'

# --- a script that is none ----------------------------------------------------------------------------------------------

print='{ printf("%I:%d > %I:%d %d bytes\n", __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port, __pkt->len); }'"'"
gzip -c tests/data/dns.pcap >"$work/dns.pcap.gz"
for capture in tests/data/dns.pcap tests/data/mixed.pcapng "$work/dns.pcap.gz"; do
    says 2 "\`$capture\` is a capture, not a script" "\`probevue -r $capture"' SCRIPT` runs a script on it, `probevue -r '"$capture\` opens a session" "$capture"
    says 2 'is a capture, not a script' '' -i "$capture"
    says 2 'is a capture, not a script' '' -l "$capture"
done
says 2 '`port 80` is a filter, not a script: it stands in a probe' "probevue -e '@@net:bpf:lo:*:\"port 80\" $print" -i lo 'port 80'
says 2 '`lo` is an interface, not a script: probes name interfaces and filters' "probevue -e '@@net:bpf:lo:*:\"udp\" $print" lo udp
says 2 '`any` is an interface, not a script' "probevue -e '@@net:bpf:any:*:\"\" $print" any
says 2 '`gone0` is an interface, not a script' "probevue -e '@@net:bpf:gone0:*:\"udp and not port 53\" $print" -i gone0 udp and not port 53
says 2 '`tcp port 80` is a filter, not a script: it stands in a probe' "probevue -r tests/data/web.pcap -e '@@net:bpf:any:*:\"tcp port 80\" $print" -r tests/data/web.pcap tcp port 80
says 2 'there is no script `eth77`' '' eth77
timeout 30 "$PROBEVUE" <tests/data/web.pcap >"$work/out" 2>"$work/err"
[[ $? == 2 ]] || { failed=$((failed + 1)); echo "FAIL a capture as standard input: exit status"; }
said "a capture as standard input" 'standard input is a capture, not a script' '`probevue -r - SCRIPT` runs a script on it, `probevue -r FILE` opens a session on a capture'
says 2 '-C wants a size in millions of bytes, or such as 500k, 10m or 1g, not `3q`' '' -w "$work/w" -C 3q -e "$nothing"
says 2 '-C, -G and -W are about the files of -w FILE, and there is none' '' -C 3 -e "$nothing"
says 2 '--wireshark is about the one file of -w FILE' 'give -w, without -C and -G' --wireshark -e "$nothing"
says 2 '--wireshark is about the one file of -w FILE' '' --wireshark -w "$work/w" -C 3 -e "$nothing"
says 2 '-W is a number of files, and there is one only' '-C SIZE or -G SECONDS begin further ones' -w "$work/w" -W 3 -e "$nothing"
long=$(printf '%5000s' '' | tr ' ' x)
says 2 "-w $long gives no name of a file" 'with -G it is a format of strftime: `trace-%H%M%S.pcapng`' \
    -r tests/data/web.pcap -w "$long" -G 3 -e "$nothing"
# -i IF is for what leaves its interface out.
says 0 'note: -i lo is for packet probes that leave the interface out (`@@net:bpf::tcp:""`), and there is none' '' \
    -i lo --check -e '@@net:bpf:any:*:"" { n++; }'
says 2 '-i wants the name of an interface, or several joined by `|`, not `a/b`' '' --interface a/b --check -e "$nothing"
for interface in eth0 eth1 'eth0|eth1'; do
    timeout 30 "$PROBEVUE" -r tests/data/made/interfaces.pcapng --interface "$interface" -e '@@net:bpf:::"" { n++; } @@END { printf("%d\n", n); }' >"$work/left" 2>&1
    tshark -r tests/data/made/interfaces.pcapng -T fields -e frame.interface_name 2>/dev/null | grep -cE "^($interface)\$" >"$work/named"
    command -v tshark >/dev/null ||
        "$PROBEVUE" -r tests/data/made/interfaces.pcapng -e "@@net:bpf:$interface"':*:"" { n++; } @@END { printf("%d\n", n); }' >"$work/named"
    cmp -s "$work/left" "$work/named" && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAIL --interface $interface"; }
done
# How far a replay has come, on a terminal: of one that takes some seconds here.
tcpdump -r tests/data/web.pcap -w "$work/web" 2>/dev/null # of this machine's byte order
for ((i = 0; i < 11; ++i)); do # 2,048 times its packets
    { cat "$work/web"; tail -c +25 "$work/web"; } >"$work/more"
    mv "$work/more" "$work/web"
done
files="-r '$work/web' -r '$work/web' -r '$work/web' -r '$work/web'"
files="$files $files $files $files"
for ((i = 0; i < 8; ++i)); do # as many of them as it takes
    begun=${EPOCHREALTIME/./}
    script -qefc "stty columns 100; '$PROBEVUE' -q info=normal --engine interp -o /dev/null $files -e '@@net:bpf:::\"\" { a[__pkt->number]++; b[__pkt->len][__pkt->number % 1000]++; }'" "$work/err" </dev/null >/dev/null 2>&1
    ((${EPOCHREALTIME/./} - begun > 2800000)) && break
    files="$files $files"
done
if ! tr '\r' '\n' <"$work/err" | grep -qE '^probevue: [0-9]+ % of [0-9.]+ [MG]B, [0-9]+ packets, [0-9]+ a second, [0-9]+ s left'; then
    failed=$((failed + 1)); echo "FAIL no progress was told in $i rounds:"; tail -c 300 "$work/err"
fi
# What is shown is right: it prints a line for each packet that tcpdump shows.
"$PROBEVUE" -r tests/data/web.pcap tcp port 80 2>&1 | sed -n 's/^hint: probevue/"$PROBEVUE"/p' >"$work/shown.sh"
[[ $(PROBEVUE=$PROBEVUE bash "$work/shown.sh" | wc -l) == $(tcpdump -nr tests/data/web.pcap tcp port 80 2>/dev/null | wc -l) ]] || { failed=$((failed + 1)); echo "FAIL what is shown to who knows tcpdump"; }

# --- the session --------------------------------------------------------------------------------------------------------

# in_session MESSAGE HINT LINE...: what is entered
in_session() {
    local message=$1 hint=$2
    shift 2
    printf '%s\n' "$@" | timeout 60 "$PROBEVUE" -i >"$work/err" 2>&1
    said "in a session: $message" "$message" ${hint:+"$hint"}
}
in_session '`x` is no number of a clause' '.show lists them' '.del x'
in_session 'there is no clause 7' '.show lists them' '.del 7'
in_session '`xml` is no format' '.format text, or .format json' '.format xml'
in_session '`.pause` takes nothing behind it' '.help lists the commands' '.pause now'
in_session '`.del` wants something behind it' '.del N' '.del'
in_session 'there is no command `.nonsense`' '.help lists them' '.nonsense'
in_session 'nothing is called `nonsense`' 'Tab completes names; probevue -l -v lists them' '.d nonsense'
in_session 'nothing has been entered yet, .help says what can be' '' '.show'
in_session 'nothing has been entered yet that could be saved' '.show lists clauses' ".save $work/saved.e"
printf '%s\n' 'int n; @@BEGIN { n = 1; }' ".save $work/saved.e" | timeout 60 "$PROBEVUE" -i >/dev/null 2>&1
[[ $(head -n 1 "$work/saved.e") == '#!/usr/bin/env probevue' ]] || { failed=$((failed + 1)); echo "FAIL .save: the first line"; }
in_session "\`$work/saved.e\` exists" "\`.save! $work/saved.e\` writes over it" 'int n; @@BEGIN { n = 2; }' ".save $work/saved.e"
in_session '`__ip4hdr` is of a packet, and none has been seen yet' '.next FILE steps through the packets of a capture' '__ip4hdr->dst_addr'
in_session '`m` is not kept: a session has its new variables before there is a packet' 'declare it first, as in `long long n;`, or give it its value in a clause' ".next $PWD/tests/data/web.pcap" 'm = __pkt->len'
in_session 'error: `ip_addr_t` cannot be an operand of `+`' 'it has the operators' ".next $PWD/tests/data/dns.pcap" '__pkt->src_addr + 1'
in_session 'the packet at hand has no `__ip4hdr`' '.next shows the one behind it' ".next $PWD/tests/data/web.pcap" '__ip4hdr->dst_addr'
in_session 'there is nothing to undo' '.show lists clauses and variables' '.undo'
in_session 'note: undone: declaration 1 is gone' '' 'int n;' '.undo'
in_session 'paused: .resume makes clauses live' '' '.pause' '@@interval:*:clock:60000 { n++; }'
in_session 'live probes are parked while you step through the capture; .resume goes back to them' '' '@@interval:*:clock:60000 { n++; }' ".next $PWD/tests/data/web.pcap"
in_session "cannot write \`/nowhere/saved.e\`: No such file or directory" 'name another file' 'int n; @@BEGIN { n = 1; }' '.save /nowhere/saved.e'
in_session 'there is no clause yet that could run over it' 'enter one first, such as: @@net:bpf:any:*:"" { packets++; }; `.next ' ".read $PWD/tests/data/web.pcap"
in_session "\`$work\` is no file" 'give the path of a pcap or pcapng file' ".read $work"
in_session 'cannot read `/nowhere/x.pcap`: No such file or directory' 'give the path of a pcap or pcapng file' '.next /nowhere/x.pcap'
for word in help '?' 'help;'; do in_session '  .show                    clauses and variables' '' "$word"; done
in_session 'there is no command `ls`' '.list lists probe points, .show clauses and variables' ls
in_session 'commands begin with a dot: `read x.pcap` is none' '`.read x.pcap`' 'read x.pcap'
in_session 'commands begin with a dot: `stats` is none' '`.stats`' stats
in_session 'a capture, not a script' '`.read tests/data/dns.pcap` runs the clauses over it, `.next tests/data/dns.pcap` steps through its packets' '.load tests/data/dns.pcap'
for loop in 'for (i = 0; i < 3; i++) n++' 'for (;;) { n++; }' 'while (1) n++' 'do n++; while (1)'; do
    in_session 'input:1:1: error: Vue has no loops, so that a probe always ends' 'a clause is the loop: it runs for every event' "$loop"
done
for word in quit exit q :q 'quit;'; do
    printf '%s\n' '@@END { printf("left\n"); }' "$word" '6 * 7' | timeout 60 "$PROBEVUE" -i >"$work/err" 2>&1
    [[ $(<"$work/err") == left ]] || { failed=$((failed + 1)); echo "FAIL $word does not end the session: $(<"$work/err")"; }
    passed=$((passed + 1))
done
# A variable of such a name is the variable.
[[ $(printf '%s\n' 'q = 5;' 'q' 'stats = 6;' 'stats' | timeout 60 "$PROBEVUE" -i 2>&1) == $'5\n6' ]] || { failed=$((failed + 1)); echo "FAIL a variable named like a word to leave"; }
in_session 'no capture to run over' '.read FILE runs all clauses over that one' '@@BEGIN { n = 1; }' '.read'
in_session 'no capture to step through' '.next FILE begins with its first packet' '.next'
file '\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\xff\xff\0\0\1\0\0\0'
in_session "$work/file holds no packet" '' ".next $work/file"
tcpdump -r tests/data/web.pcap -w "$work/one.pcap" -c 1 2>/dev/null
in_session "that was the last packet of $work/one.pcap" '.next FILE begins anew' ".next $work/one.pcap" '.next'
in_session 'clauses are paused already' '.resume goes on' '.pause' '.pause'
in_session 'paused, .resume goes on' '' '.pause'
in_session 'paused; .resume goes on' '' 'int n; @@BEGIN { n = 1; }' '.pause' '.show'
in_session 'clauses are live already' '.pause stops them' '@@interval:*:clock:60000 { n++; }' '.resume'
# What a clause would know of the packet at hand, and declarations that begin with no name.
[[ $(printf '%s\n' ".next $PWD/tests/data/mixed.pcapng" '__pkt->number' '__pkt->ifname' '__owner->pid' | timeout 60 "$PROBEVUE" -q info=none -i 2>&1 | tail -n 3) == $'1\neth0\n-1' ]] ||
    { failed=$((failed + 1)); echo "FAIL number, interface and owner of the packet at hand"; }
[[ $(printf '%s\n' '#pragma pack(1)' 'struct p { char a; int b; };' 'sizeof(struct p)' 'enum { K = 4 };' 'K' '1 and 0' | timeout 60 "$PROBEVUE" -q info=none -i 2>&1) == $'5\n4\n0' ]] ||
    { failed=$((failed + 1)); echo "FAIL a pragma, an enumeration without a name, an expression of words"; }
passed=$((passed + 2))
# Who is refused has lost nothing.
"$PROBEVUE" -r tests/data/web.pcap -w "$work/kept.pcapng" -o "$work/kept" -e '@@net:bpf:any:tcp:"" { printf("a\n"); }'
cp "$work/kept.pcapng" "$work/kept.pcapng.as_was"
cp "$work/kept" "$work/kept.as_was"
says 1 'missing.pcap: No such file or directory' 'tcpdump -w FILE' -r "$work/missing.pcap" -w "$work/kept.pcapng" -o "$work/kept" -e '@@net:bpf:any:tcp:"" { printf("b\n"); }'
for name in kept kept.pcapng; do
    cmp -s "$work/$name" "$work/$name.as_was" || { failed=$((failed + 1)); echo "FAIL a run that is refused empties $name"; }
    passed=$((passed + 1))
done
"$PROBEVUE" -r tests/data/dns.pcap -w "$work/kept.pcapng" -o "$work/kept" -e '@@net:bpf:any:udp:"" { printf("c\n"); exit(); }'
[[ $(<"$work/kept") == c && $(tcpdump -r "$work/kept.pcapng" 2>/dev/null | wc -l) == 1 ]] || { failed=$((failed + 1)); echo "FAIL a run that is not refused writes over the files of another"; }
passed=$((passed + 1))
# It ends by itself, while nothing is entered.
{
    echo '@@interval:*:clock:100 { exit(); }'
    for ((i = 0; i < 400; ++i)); do
        ! grep -q 'exit() was called' "$work/err" || break
        sleep 0.05 # between two looks
    done
} | timeout 60 "$PROBEVUE" -i >"$work/err" 2>&1
said "exit() in a session" 'exit() was called: clauses are paused, .resume goes on'
: >"$work/empty.e"
in_session "\`$work/empty.e\` holds no clause" '' ".load $work/empty.e"
in_session '; live probes are paused, .resume goes on with them' '' '@@interval:*:clock:60000 { n++; }' ".read $PWD/tests/data/web.pcap"
in_session '; .resume goes back to the network' '' ".next $PWD/tests/data/web.pcap" '.show'
in_session ': cannot be had on Linux: ' '' '.d __curthread->cpuusage'
in_session 'Type a clause and it is live; an expression, and its value is printed.' 'Tab completes, Ctrl-C cancels, Ctrl-D leaves. try: @@net:bpf:any:*:"" { packets++; }' '.help'
said ".help" 'clauses and variables' 'remove clause N; its variables stay' 'detach all probes; variables stay' 'attach them again' \
    'add the clauses of a script' 'write all clauses as a script' 'the same over a file that exists' 'take the last change of clauses back' 'run all clauses over a capture at once, from fresh variables' \
    'step one packet of a capture and show its fields' 'describe a built-in, with its value in the last packet' \
    'what was seen, matched and lost' 'form of the output' 'this list' \
    'probe points, by a pattern or a part of the name' 'describe a built-in, with its value in the last packet, or a probe point' \
    'values on a screen that is redrawn' 'take the last change of clauses back'

echo "$passed passed, $failed failed"
[[ $failed == 0 && $passed -ge 100 ]]
