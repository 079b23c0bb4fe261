#!/usr/bin/env bash
# docs/wireshark/probevue.lua in tshark: events of every recording in tests/data, their times and all of their fields as a
# second reader of the format finds them (wireshark_events.py) and as a replay prints them; packets as tshark shows them by
# itself; both byte orders; files that are not ours, are cut off or lie.
# usage: wireshark_test.sh    PROBEVUE: the program
set -uo pipefail
cd "$(dirname "$0")/../.."
probevue=${PROBEVUE:-build/release/probevue}
for tool in tshark python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt install $tool"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work XDG_CONFIG_HOME=$work LC_ALL=C.UTF-8 TZ=UTC # without settings and plug-ins of who runs this
passed=0 failed=0

result() { # result STATUS WHAT
    if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $2"; fi
}
own() { timeout 60 tshark "$@" 2>"$work/own.err"; }
ours() { timeout 60 tshark -X lua_script:docs/wireshark/probevue.lua "$@" 2>"$work/ours.err"; }
second() { python3 tests/diff/wireshark_events.py "$@"; }
same() { # same WHAT FILE FILE: no difference; at most eight lines of one
    diff "$2" "$3" >"$work/difference"
    result $? "$1"
    head -n 8 "$work/difference"
}
[[ $(tshark --version 2>/dev/null) == *"with Lua"* ]] || { echo "this tshark is built without Lua"; exit 77; }
own -G fields >"$work/types"
grep -q FT_FRAMENUM "$work/types" || { echo "tshark lists no fields"; exit 1; }

# --- events and packets -----------------------------------------------------------------------------------------------

# recording NAME FILE [PLAIN]: PLAIN is what tshark is given without the plug-in
recording() {
    second events "$2" >"$work/events" && second owners "$2" >"$work/owners"
    result $? "$1: the second reader"
    ours -r "$2" -T pdml >"$work/ours.xml"
    result $? "$1: $(cat "$work/ours.err")"
    own -r "${3:-$2}" -T pdml >"$work/own.xml"
    second shown "$work/ours.xml" >"$work/shown"
    same "$1: events" "$work/events" "$work/shown"
    second told "$work/ours.xml" >"$work/told"
    same "$1: interfaces and owners of packets" "$work/owners" "$work/told"
    same "$1: packets" <(second packets "$work/own.xml" "$work/types") <(second packets "$work/ours.xml" "$work/types")
    [[ $(ours -r "$2" | wc -l) == $(($(wc -l <"$work/events") + $(wc -l <"$work/owners"))) ]]
    result $? "$1: frames are packets and events"
    events=$((events + $(wc -l <"$work/events")))
    packets=$((packets + $(wc -l <"$work/owners")))
}
events=0 packets=0 recordings=0
for file in tests/data/*.pcapng; do
    LC_ALL=C grep -qa euVP "$file" || continue
    recordings=$((recordings + 1))
    name=$(basename "$file")
    recording "$name" "$file"
    second turn "$file" "$work/turned.pcapng"
    recording "$name, the other byte order" "$work/turned.pcapng" "$file"
done
[[ $recordings -ge 14 && $events -ge 1400 && $packets -ge 200 ]]; result $? "$recordings recordings, $events events, $packets packets"

# Times, link types, interfaces and options as Wireshark's own reader has them: captures that are made to be recordings.
marked=0
for file in tests/data/made/{any,blocks,clocks,format-big,format-little,interfaces,sections}.pcapng tests/data/mixed.pcapng; do
    second mark "$file" "$work/marked.pcapng"
    ours -r "$work/marked.pcapng" -T pdml >"$work/ours.xml"
    own -r "$file" -T pdml >"$work/own.xml"
    same "$file: packets" <(second packets "$work/own.xml" "$work/types") <(second packets "$work/ours.xml" "$work/types")
    marked=$((marked + $(grep -c '<packet>' "$work/ours.xml")))
done
[[ $marked -ge 60 ]]; result $? "$marked packets of captures that became recordings"

# --- a replay says the same ----------------------------------------------------------------------------------------

# replay FILE TUPLE FORMAT EXPRESSIONS FIELD...: what the clause prints, behind its time, is what tshark shows
replay() {
    local file=$1 tuple=$2 format=$3 expressions=$4
    shift 4
    "$probevue" --format json -r "$file" -e "@@$tuple { printf(\"$format\\n\", $expressions); }" 2>"$work/err" |
        python3 -c '
import datetime, json, sys
for line in sys.stdin:
    one = json.loads(line)
    if one["type"] == "printf":
        whole, ns = one["time"].rstrip("Z").split(".")
        seconds = int(datetime.datetime.fromisoformat(whole + "+00:00").timestamp())
        print("%d.%s\t%s" % (seconds, ns, one["text"].rstrip("\n")))' >"$work/replayed"
    ours -r "$file" -Y "probevue.event == \"$tuple\"" -T fields -e frame.time_epoch "${@/#/-eprobevue.}" >"$work/shown"
    [[ -s $work/replayed ]]; result $? "$file: $tuple is replayed: $(head -n 2 "$work/err")"
    same "$file: a replay of $tuple" "$work/replayed" "$work/shown"
}
tab='\t'
replay tests/data/states.pcapng net:tcp:state_change "%d$tab%d$tab%s$tab%d$tab%d$tab%d$tab%d" \
    "__pid, __tid, __pname, __proto_info->local_port, __proto_info->remote_port, __prev_state, __cur_state" \
    pid tid pname local_port remote_port prev_state cur_state
replay tests/data/owners.pcapng net:tcp:state_change "%lld$tab%s$tab%lld" "__owner->pid, __owner->name, __owner->uid" owner_pid owner_name owner_uid

# --- filters ---------------------------------------------------------------------------------------------------------

counts() { # counts NUMBER FILE FILTER
    local count
    count=$(ours -r "$2" -Y "$3" | wc -l)
    [[ $count == "$1" ]]; result $? "$2: $3: $count frames, expected $1: $(head -n 1 "$work/ours.err")"
}
states=tests/data/states.pcapng
of_field() { second events "$1" | tr '\t' '\n' | grep -cx -- "$2"; }
counts "$(of_field $states remote_addr=10.10.10.2)" $states 'probevue.remote_addr == 10.10.10.2'
counts "$(of_field $states remote_addr=10.10.10.2)" $states 'probevue.remote_addr == 10.10.10.0/30 and probevue.remote_addr != 10.10.10.1'
counts "$(of_field $states remote_addr6=2001:db8:10::1)" $states 'probevue.remote_addr6 == 2001:db8:10::1'
counts "$(of_field $states cur_state=4)" $states 'probevue.cur_state == 4'
counts "$(of_field $states cur_state=4)" $states 'probevue.cur_state == "ESTABLISHED"'
counts "$(second owners $states | wc -l)" $states 'not probevue'
counts "$(second owners tests/data/packet_owners.pcapng | cut -f 5 | grep -cx asker)" tests/data/packet_owners.pcapng 'probevue.owner_name == "asker" and tcp'
[[ $(ours -2 -r $states -R 'probevue.cur_state == 4' | wc -l) == $(of_field $states cur_state=4) ]]; result $? "two passes with a filter"
ours -2 -r $states -T pdml >"$work/ours.xml"
same "two passes" <(second events $states) <(second shown "$work/ours.xml")

# Every filter of the page is one.
filters=0
while IFS= read -r filter; do
    ours -r $states -Y "$filter" >/dev/null
    result $? "docs/wireshark.md: $filter: $(tail -n 1 "$work/ours.err")"
    filters=$((filters + 1))
done < <(sed -nE 's/^\| (`(probevue|ip)[^|]*`) \|.*/\1/p' docs/wireshark.md | grep -oE '`[^`]+`' | tr -d '`')
[[ $filters -ge 9 ]]; result $? "$filters filters in docs/wireshark.md"

# --- ways in ---------------------------------------------------------------------------------------------------------

ours -r $states >"$work/straight"
gzip -c $states >"$work/states.pcapng.gz"
same "packed with gzip" "$work/straight" <(ours -r "$work/states.pcapng.gz")
same "from a pipe" "$work/straight" <(cat $states | ours -r -)
# With the preference off, Wireshark reads the file: all fields are there, and times as a field.
ours -o probevue.read_recordings:FALSE -r $states -T pdml >"$work/ours.xml"
same "read by Wireshark" <(second events $states | cut -f 2-) <(second shown "$work/ours.xml" | cut -f 2-)
second events $states | cut -f 1 >"$work/times"
same "read by Wireshark: times" "$work/times" <(TZ=UTC ours -o probevue.read_recordings:FALSE -r $states -Y probevue.processor -T fields -e probevue.time |
    python3 -c '
import datetime, sys
for line in sys.stdin:
    text, ns = line.replace(" UTC", "").strip().rsplit(".", 1)
    print("%d.%s" % (datetime.datetime.strptime(text + " +0000", "%b %d, %Y %H:%M:%S %z").timestamp(), ns))'; tail -n 1 "$work/times")
[[ $(ours -o probevue.read_recordings:FALSE -r tests/data/packet_owners.pcapng -Y tcp -T fields -e frame.interface_name | sort -u) == eth0 ]]
result $? "read by Wireshark: names of interfaces"

# --- written for Wireshark: events are packets, which Wireshark reads by itself --------------------------------------

without_comments() { sed '/^pkt_comment/,/^frame/{/^frame/!d}'; }
# exported FILE SCRIPT: the same events and packets in both forms, and packets alone in a replay
exported() {
    "$probevue" -r "$1" -w "$work/blocks.pcapng" -e "$2" >/dev/null 2>"$work/err" &&
        "$probevue" -r "$1" --wireshark -w "$work/packets.pcapng" -e "$2" >/dev/null 2>"$work/err"
    result $? "$1 is copied: $(cat "$work/err")"
    ours -r "$work/packets.pcapng" -T pdml >"$work/ours.xml"
    second shown "$work/ours.xml" >"$work/shown"
    same "$1, for Wireshark: events" <(second events "$work/blocks.pcapng") "$work/shown"
    own -r "$work/blocks.pcapng" -T pdml >"$work/own.xml"
    same "$1, for Wireshark: packets" <(second packets "$work/own.xml" "$work/types" | without_comments) \
        <(second packets "$work/ours.xml" "$work/types" | without_comments)
    [[ $(ours -r "$work/packets.pcapng" -T fields -e frame.interface_name | grep -cx probevue) == $(wc -l <"$work/shown") ]]
    result $? "$1, for Wireshark: events have an interface of their own"
    "$probevue" -r "$work/packets.pcapng" -e '@@net:bpf:any:*:"" { n++; } @@END { printf("%d packets\n", n); }' >"$work/out" 2>&1
    grep -qx "$(second owners "$work/blocks.pcapng" | wc -l) packets" "$work/out"; result $? "$1, for Wireshark: a replay: $(head -n 1 "$work/out")"
    own -r "$work/packets.pcapng" -w "$work/saved.pcapng" && cmp <(ours -r "$work/packets.pcapng" -V) <(ours -r "$work/saved.pcapng" -V)
    result $? "$1, for Wireshark: saved by tshark"
}
exported $states '@@net:tcp:state_change { n++; } @@net:bpf:any:*:"" { m++; }'
exported tests/data/packet_owners.pcapng '@@net:bpf:any:*:"" { if (__owner->pid > 0) { n++; } }'
[[ $(ours -r "$work/packets.pcapng" -T fields -e frame.comment | grep -c '^asker([0-9]*), user 1001$') == $(second owners tests/data/packet_owners.pcapng | cut -f 5 | grep -cx asker) ]]
result $? "for Wireshark: owners are comments"

# --- scripts as interfaces: what Wireshark is answered ------------------------------------------------------------------

extcap() { PROBEVUE=$(realpath "$probevue") docs/wireshark/extcap "$@" 2>"$work/err"; }
[[ $(extcap --extcap-interfaces --extcap-version=4.0 | sed -n 's/^interface {value=probevue_\([^}]*\)}{display=probevue .*: .*}$/\1/p' | LC_ALL=C sort) == "$(cd scripts && printf '%s\n' *.e | sed 's/\.e$//' | LC_ALL=C sort)" ]]
result $? "extcap: interfaces"
[[ $(extcap --extcap-interface=probevue_tcpstates --extcap-dlts) == 'dlt {number=252}'* ]]; result $? "extcap: link type"
asked=()
for script in scripts/*.e; do
    name=$(basename "$script" .e)
    count=$(extcap --extcap-interface="probevue_$name" --extcap-config | grep -cE "^arg .*\{call=--argument[1-9]\}.*\{default=[^}]+\}")
    ((count == 0)) || asked+=("$name:$count")
done
# Those whose first comment says that they take arguments.
[[ ${asked[*]} == "connection_bytes:4 packet_contents:1 packet_path:1 rtp_loss:1 slow_calls:3 who_sent_it:2" ]]
result $? "extcap: arguments: ${asked[*]}"
[[ $(grep -l 'arguments\? \(is\|are\) ' scripts/*.e | wc -l) == "${#asked[@]}" ]]
result $? "extcap: scripts that say that they take arguments: $(grep -l 'arguments\? \(is\|are\) ' scripts/*.e | xargs)"
# capture OPTION...: the command that a capture is
capture() {
    printf '#!/bin/sh\ncase $1 in --show | --check) exec "%s" "$@" ;; esac\nfor word in "$@"; do printf "<%%s>" "$word"; done >&2\n' "$(realpath "$probevue")" >"$work/shows" && chmod +x "$work/shows"
    PROBEVUE=$work/shows docs/wireshark/extcap --capture --fifo="$work/fifo" "$@" 2>&1
}
for row in "probevue_tcpstates||<tcpstates>" "probevue_who_sent_it|--argument1=10.0.0.1 --argument2 80|<who_sent_it><\"10.0.0.1\"><80>" \
    "probevue_who_sent_it||<who_sent_it><\"192.0.2.3\"><443>" "probevue_rtp_loss|--device=lo --for 3s|<--interface=lo><--for><3s><--><rtp_loss><5004>"; do
    IFS='|' read -r interface options want <<<"$row"
    # shellcheck disable=SC2086
    got=$(capture --extcap-interface="$interface" $options)
    [[ $got == "<--wireshark><-w><$work/fifo>"*"$want" ]]; result $? "extcap: $row: $got"
done
# Scripts of which only the text tells that they have arguments: what looks so in strings is none.
mkdir "$work/mine"
echo '@@BEGIN { printf("%s $7\n", $1); }' >"$work/mine/asks.e"
mine() { PROBEVUE_SCRIPTS=$work/mine "$@"; }
[[ $(mine extcap --extcap-interface=probevue_asks --extcap-config | grep -c 'call=--argument') == 1 ]]; result $? "extcap: arguments without samples"
got=$(mine capture --extcap-interface=probevue_asks --argument1='"x;$(id)"'); [[ $got == *'<asks><"x;$(id)">' ]]; result $? "extcap: $got"
# Whatever a value holds, it is one argument, and a text of the script where its sample is one.
printf '/*\n * live: probevue says %s\n */\n@@BEGIN { printf("%%s\\n", $1); }\n' "'\"x\"'" >"$work/mine/says.e"
hostile=$'a"b\\c;$(id)`id`\' d * --for'
got=$(mine capture --extcap-interface=probevue_says --argument1="$hostile"); [[ $got == *$'<says><"a\\"b\\\\c;$(id)`id`\' d * --for">' ]]; result $? "extcap: any text: $got"
got=$(mine capture --extcap-interface=probevue_says --argument1=$'two\nlines'); [[ $got == *'error: string is not closed'* ]]; result $? "extcap: two lines: $got"
got=$(capture --extcap-interface=probevue_rtp_loss --argument1="$hostile"); [[ $got == *'error: '*'`$1` stands for'* ]]; result $? "extcap: no number: $got"
got=$(capture --extcap-interface=probevue_rtp_loss --device="$hostile"); [[ $got == *'-i wants the name of an interface'* ]]; result $? "extcap: no interface: $got"
mkfifo "$work/pipe"
timeout 10 cat "$work/pipe" &
mine extcap --capture --extcap-interface=probevue_asks --fifo="$work/pipe"
[[ $? == 2 ]] && grep -qF -- '-o extcap.probevue_asks.argument1:VALUE' "$work/err" && wait $!; result $? "extcap: an argument is missing: $(cat "$work/err")"
# Whoever reads may go away, also while nothing happens: that is an end without an error.
timeout 10 head -c 1 "$work/pipe" >"$work/out" &
timeout 10 "$probevue" --wireshark -w "$work/pipe" -e '@@interval:*:clock:3600000 {}' >"$work/out" 2>"$work/err" && [[ ! -s $work/err ]] && wait $!
result $? "for Wireshark: a reader goes away: $(cat "$work/err")"
for row in "--extcap-interface=probevue_nothing --extcap-config|there is no interface probevue_nothing" "|this is for Wireshark" "--never|is no option" \
    "--capture --extcap-interface=probevue_../mine/asks --fifo=f|there is no interface" "--fifo|wants a value" \
    "--capture --extcap-interface=probevue_tcpstates|wants --fifo" "--capture --extcap-interface=probevue_tcpstates --fifo=f --extcap-capture-filter=tcp|the script's affair"; do
    # shellcheck disable=SC2086
    ! extcap ${row%%|*} >"$work/out" && grep -qF "${row#*|}" "$work/err"; result $? "extcap: $row: $(cat "$work/err")"
done
! PROBEVUE=$work/none docs/wireshark/extcap --extcap-interfaces 2>"$work/err" && grep -qF "$work/none cannot be run: install it" "$work/err"; result $? "extcap: no program: $(cat "$work/err")"
[[ $(extcap --extcap-interface=probevue_tcpstates --extcap-capture-filter=tcp) == *"script's affair"* ]]; result $? "extcap: filters are refused"

# --- not ours ----------------------------------------------------------------------------------------------------------

foreign=0
for file in tests/data/mixed.pcapng tests/data/dns.pcap tests/data/made/* tests/data/bad/*; do
    [[ -f $file ]] || continue
    own -r "$file" -V >"$work/own"
    status=$?
    ours -r "$file" -V >"$work/ours"
    [[ $? == "$status" ]]; result $? "$file: exit status"
    cmp "$work/own" "$work/ours" && cmp <(grep -v 'Running as' "$work/own.err") <(grep -v 'Running as' "$work/ours.err")
    result $? "$file: another file is left to Wireshark"
    foreign=$((foreign + 1))
done
[[ $foreign -ge 60 ]]; result $? "$foreign files that are not ours"
cmp <(own -r tests/data/mixed.pcapng -T pdml | sed 's/ time="[^"]*"//') <(ours -r tests/data/mixed.pcapng -T pdml | sed 's/ time="[^"]*"//')
result $? "the same PDML of another file"
cmp <(cat tests/data/mixed.pcapng | own -r - -V) <(cat tests/data/mixed.pcapng | ours -r - -V); result $? "another file from a pipe"
# A custom block with our number of somebody else, and an encapsulation of the user.
second mark tests/data/mixed.pcapng "$work/other.pcapng"
LC_ALL=C sed -i 's/euVP/euVQ/' "$work/other.pcapng"
cmp <(own -r "$work/other.pcapng" -V) <(ours -r "$work/other.pcapng" -V); result $? "blocks of another program"
perl -0777 -pe 'substr($_, 20, 4) = pack "V", 162' tests/data/dns.pcap >"$work/user.pcap"
cmp <(own -r "$work/user.pcap" -V) <(ours -r "$work/user.pcap" -V); result $? "packets of a user's encapsulation"

# --- bad input -------------------------------------------------------------------------------------------------------

# survives NAME FILE [PATTERN]: ends in time, without a crash; a failure says why
survives() {
    ours -r "$2" -V >"$work/ours"
    local status=$?
    [[ $status == 0 || $status == 2 ]]; result $? "$1: exit status $status: $(tail -n 1 "$work/ours.err")"
    ! grep -qiE 'dissector bug|\.lua:[0-9]+:|assert' "$work/ours" "$work/ours.err"
    result $? "$1: $(grep -iE 'dissector bug|\.lua:[0-9]+:|assert' "$work/ours" "$work/ours.err" | head -n 1)"
    [[ $status == 0 ]] || grep -qE 'at byte|cut off|cut short|damaged|pcapng' "$work/ours.err"; result $? "$1: a message: $(tail -n 1 "$work/ours.err")"
}
for place in $(seq 0 5 100); do
    second cut tests/data/trouble.pcapng "$work/cut.pcapng" "$place"
    survives "trouble.pcapng, $place %" "$work/cut.pcapng"
    [[ $(grep -c '^Frame [0-9]' "$work/ours") == $({ second events "$work/cut.pcapng"; second owners "$work/cut.pcapng"; } | wc -l) ]]
    result $? "trouble.pcapng, $place %: what is whole is shown"
done
for seed in $(seq 1 30); do
    for file in trouble packet_owners heads; do
        ((seed % 3 == 0)) || [[ $file == trouble ]] || continue
        second lie tests/data/$file.pcapng "$work/lie.pcapng" "$seed"
        survives "$file.pcapng, lie $seed" "$work/lie.pcapng"
    done
done
second cut $states "$work/cut.pcapng" 97
ours -r "$work/cut.pcapng" >"$work/ours"
[[ $? == 2 ]] && grep -qE 'cut off in a block at byte [0-9]+$' "$work/ours.err"; result $? "a cut recording: $(cat "$work/ours.err")"

echo "$passed passed, $failed failed; $recordings recordings in both byte orders, $events events, $packets packets, $foreign other files"
[[ $failed == 0 ]]
