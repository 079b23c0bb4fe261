#!/usr/bin/env bash
# docs/wireshark/probevue.lua in tshark: events of every recording in tests/data, their times and all of their fields as a
# second reader of the format finds them (wireshark_events.py) and as a replay prints them; packets as tshark shows them by
# itself; both byte orders; files that are not ours, are cut off or lie.
#
# tshark takes a fifth of a second to begin. So files are joined where a recording of many sections asks the same, sharkd is
# asked about many files and filters (sharkd.py), and the parts run beside each other.
# usage: wireshark_test.sh    PROBEVUE: the program
set -uo pipefail
cd "$(dirname "$0")/../.."
probevue=${PROBEVUE:-build/release/probevue}
for tool in tshark sharkd python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt install tshark python3"; exit 77; }
done
source tests/diff/as_user.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work XDG_CONFIG_HOME=$work LC_ALL=C.UTF-8 TZ=UTC # without settings and plug-ins of who runs this
passed=0 failed=0

result() { # result STATUS WHAT
    if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $2"; fi
}
own() { timeout 300 "${as_user[@]}" tshark "$@" 2>"$work/own.err"; }
ours() { timeout 300 "${as_user[@]}" tshark -X lua_script:docs/wireshark/probevue.lua "$@" 2>"$work/ours.err"; }
sharkd() { HOME=$1 timeout 300 "${as_user[@]}" python3 tests/diff/sharkd.py "${@:2}" 2>&1; }
second() { python3 tests/diff/wireshark_events.py "$@"; }
same() { # same WHAT FILE FILE: no difference; at most eight lines of one
    diff "$2" "$3" >"$work/difference"
    result $? "$1"
    head -n 8 "$work/difference"
}
[[ $(tshark --version 2>/dev/null) == *"with Lua"* ]] || { echo "this tshark is built without Lua"; exit 77; }
types=$work/types states=tests/data/states.pcapng
own -G fields >"$types"
grep -q FT_FRAMENUM "$types" || { echo "tshark lists no fields"; exit 1; }
with_plugin=$work/home
mkdir -p "$with_plugin/.local/lib/wireshark/plugins"
ln -s "$PWD/docs/wireshark/probevue.lua" "$with_plugin/.local/lib/wireshark/plugins/"

# --- events and packets -----------------------------------------------------------------------------------------------

# recording NAME FILE: against what $work/own.packets says of packets
recording() {
    second events "$2" >"$work/events" && second owners "$2" >"$work/owners"
    result $? "$1: the second reader"
    ours -r "$2" -T pdml >"$work/ours.xml"
    result $? "$1: $(cat "$work/ours.err")"
    second shown "$work/ours.xml" >"$work/shown"
    same "$1: events" "$work/events" "$work/shown"
    second told "$work/ours.xml" >"$work/told"
    same "$1: interfaces and owners of packets" "$work/owners" "$work/told"
    same "$1: packets" "$work/own.packets" <(second packets "$work/ours.xml" "$types")
    [[ $(ours -r "$2" | wc -l) == $(($(wc -l <"$work/events") + $(wc -l <"$work/owners"))) ]]
    result $? "$1: frames are packets and events"
}
recordings() {
    local file recordings=0
    for file in tests/data/*.pcapng; do
        LC_ALL=C grep -qa euVP "$file" || continue
        recordings=$((recordings + 1))
        second turn "$file" "$work/turned"
        cat "$file" >>"$work/all.pcapng"
        cat "$work/turned" >>"$work/all-turned.pcapng"
    done
    own -r "$work/all.pcapng" -T pdml >"$work/own.xml"
    second packets "$work/own.xml" "$types" >"$work/own.packets"
    recording "recordings" "$work/all.pcapng"
    recording "the other byte order" "$work/all-turned.pcapng"
    echo "$recordings recordings in both byte orders, $(wc -l <"$work/events") events, $(wc -l <"$work/owners") packets"
    [[ $recordings -ge 14 && $(wc -l <"$work/events") -ge 700 && $(wc -l <"$work/owners") -ge 100 ]]; result $? "what there is in recordings"
}

# Times, link types, interfaces and options as Wireshark's own reader has them: captures that are made to be recordings.
made_recordings() {
    local file
    for file in tests/data/made/{any,blocks,clocks,format-big,format-little,interfaces,sections}.pcapng tests/data/mixed.pcapng; do
        second mark "$file" "$work/one"
        cat "$work/one" >>"$work/marked.pcapng"
        cat "$file" >>"$work/plain.pcapng"
    done
    ours -r "$work/marked.pcapng" -T pdml >"$work/ours.xml"
    own -r "$work/plain.pcapng" -T pdml >"$work/own.xml"
    same "packets of captures that became recordings" <(second packets "$work/own.xml" "$types") <(second packets "$work/ours.xml" "$types")
    [[ $(grep -c '<packet>' "$work/ours.xml") -ge 60 ]]; result $? "packets of captures that became recordings: how many"
}

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
replays() {
    local tab='\t'
    replay tests/data/states.pcapng net:tcp:state_change "%d$tab%d$tab%s$tab%d$tab%d$tab%d$tab%d" \
        "__pid, __tid, __pname, __proto_info->local_port, __proto_info->remote_port, __prev_state, __cur_state" \
        pid tid pname local_port remote_port prev_state cur_state
    replay tests/data/owners.pcapng net:tcp:state_change "%lld$tab%s$tab%lld" "__owner->pid, __owner->name, __owner->uid" owner_pid owner_name owner_uid
}

# --- filters ---------------------------------------------------------------------------------------------------------

# frames FILE NUMBER FILTER NUMBER FILTER ...: how many each filter finds; a number `-`: whatever there is
frames() {
    local file=$1 filters=() expected=() got at
    shift
    while [[ $# -gt 0 ]]; do
        expected+=("$1") filters+=("$2")
        shift 2
    done
    mapfile -t got < <(sharkd "$with_plugin" count "$file" "${filters[@]}")
    for at in "${!filters[@]}"; do
        [[ ${got[at]-} == "${expected[at]}" || ${expected[at]}${got[at]-} =~ ^-[0-9]+$ ]]
        result $? "$file: ${filters[at]}: ${got[at]-} frames, expected ${expected[at]}"
    done
}
filters() {
    local of_page filter
    second events $states | tr '\t' '\n' >"$work/fields"
    of_field() { grep -cx -- "$1" "$work/fields"; }
    mapfile -t of_page < <(sed -nE 's/^\| (`(probevue|ip)[^|]*`) \|.*/\1/p' docs/wireshark.md | grep -oE '`[^`]+`' | tr -d '`')
    [[ ${#of_page[@]} -ge 9 ]]; result $? "${#of_page[@]} filters in docs/wireshark.md"
    set --
    for filter in "${of_page[@]}"; do set -- "$@" - "$filter"; done
    frames $states "$(of_field remote_addr=10.10.10.2)" 'probevue.remote_addr == 10.10.10.2' \
        "$(of_field remote_addr=10.10.10.2)" 'probevue.remote_addr == 10.10.10.0/30 and probevue.remote_addr != 10.10.10.1' \
        "$(of_field remote_addr6=2001:db8:10::1)" 'probevue.remote_addr6 == 2001:db8:10::1' \
        "$(of_field cur_state=4)" 'probevue.cur_state == 4' \
        "$(of_field cur_state=4)" 'probevue.cur_state == "ESTABLISHED"' \
        "$(second owners $states | wc -l)" 'not probevue' "$@"
    frames tests/data/packet_owners.pcapng "$(second owners tests/data/packet_owners.pcapng | cut -f 5 | grep -cx asker)" 'probevue.owner_name == "asker" and tcp'
    [[ $(ours -2 -r $states -R 'probevue.cur_state == 4' | wc -l) == $(of_field cur_state=4) ]]; result $? "two passes with a filter"
    ours -2 -r $states -T pdml >"$work/ours.xml"
    same "two passes" <(second events $states) <(second shown "$work/ours.xml")
}

# --- ways in ---------------------------------------------------------------------------------------------------------

ways_in() {
    ours -r $states >"$work/straight"
    gzip -c $states >"$work/states.pcapng.gz"
    same "packed with gzip" "$work/straight" <(ours -r "$work/states.pcapng.gz")
    same "from a pipe" "$work/straight" <(cat $states | ours -r -)
    # With the preference off, Wireshark reads the file: all fields are there, and times as a field.
    ours -o probevue.read_recordings:FALSE -r $states -T pdml >"$work/ours.xml"
    same "read by Wireshark" <(second events $states | cut -f 2-) <(second shown "$work/ours.xml" | cut -f 2-)
    second events $states | cut -f 1 >"$work/times"
    same "read by Wireshark: times" "$work/times" <(TZ=UTC ours -o probevue.read_recordings:FALSE -r $states -Y probevue.processor -T fields -e probevue.time |
        sed 's/ UTC$//' | date -u -f - +%s.%N; tail -n 1 "$work/times")
    [[ $(ours -o probevue.read_recordings:FALSE -r tests/data/packet_owners.pcapng -Y tcp -T fields -e frame.interface_name | sort -u) == eth0 ]]
    result $? "read by Wireshark: names of interfaces"
}

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
    same "$1, for Wireshark: packets" <(second packets "$work/own.xml" "$types" | without_comments) \
        <(second packets "$work/ours.xml" "$types" | without_comments)
    [[ $(grep -c '"frame.interface_name".* show="probevue"' "$work/ours.xml") == $(wc -l <"$work/shown") ]]
    result $? "$1, for Wireshark: events have an interface of their own"
    "$probevue" -r "$work/packets.pcapng" -e '@@net:bpf:any:*:"" { n++; } @@END { printf("%d packets\n", n); }' >"$work/out" 2>&1
    grep -qx "$(second owners "$work/blocks.pcapng" | wc -l) packets" "$work/out"; result $? "$1, for Wireshark: a replay: $(head -n 1 "$work/out")"
    own -r "$work/packets.pcapng" -w "$work/saved.pcapng" && sharkd "$with_plugin" trees "$work/packets.pcapng" "$work/saved.pcapng" >"$work/trees"
    cmp <(sed '1d; /^== /,$d' "$work/trees") <(sed '1d' "$work/trees" | sed '1,/^== /d') && grep -q '^frames [1-9]' "$work/trees"
    result $? "$1, for Wireshark: saved by tshark"
}
written_for_wireshark() {
    exported $states '@@net:tcp:state_change { n++; } @@net:bpf:any:*:"" { m++; }'
    exported tests/data/packet_owners.pcapng '@@net:bpf:any:*:"" { if (__owner->pid > 0) { n++; } }'
    [[ $(ours -r "$work/packets.pcapng" -T fields -e frame.comment | grep -c '^asker([0-9]*), user 1001$') == $(second owners tests/data/packet_owners.pcapng | cut -f 5 | grep -cx asker) ]]
    result $? "for Wireshark: owners are comments"
}

# --- scripts as interfaces: what Wireshark is answered ------------------------------------------------------------------

extcap() { PROBEVUE=$(realpath "$probevue") docs/wireshark/extcap "$@" 2>"$work/err"; }
interfaces() {
    [[ $(extcap --extcap-interfaces --extcap-version=4.0 | sed -n 's/^interface {value=probevue_\([^}]*\)}{display=probevue .*: .*}$/\1/p' | LC_ALL=C sort) == "$(cd scripts && printf '%s\n' *.e | sed 's/\.e$//' | LC_ALL=C sort)" ]]
    result $? "extcap: interfaces"
    [[ $(extcap --extcap-interface=probevue_tcpstates --extcap-dlts) == 'dlt {number=252}'* ]]; result $? "extcap: link type"
    asked=()
    for script in $(grep -l '\$[1-9]' scripts/*.e); do
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
}

# --- not ours ----------------------------------------------------------------------------------------------------------

other_files() {
    local file files=(tests/data/mixed.pcapng tests/data/dns.pcap)
    for file in tests/data/made/* tests/data/bad/*; do [[ ! -f $file ]] || files+=("$file"); done
    # A custom block with our number of somebody else, and an encapsulation of the user.
    second mark tests/data/mixed.pcapng "$work/other.pcapng"
    LC_ALL=C sed -i 's/euVP/euVQ/' "$work/other.pcapng"
    perl -0777 -pe 'substr($_, 20, 4) = pack "V", 162' tests/data/dns.pcap >"$work/user.pcap"
    files+=("$work/other.pcapng" "$work/user.pcap")
    sharkd "$work" trees "${files[@]}" >"$work/own" &
    sharkd "$with_plugin" trees "${files[@]}" >"$work/ours"
    wait
    cmp "$work/own" "$work/ours" && [[ $(grep -c "^frames " "$work/ours") == "${#files[@]}" && ${#files[@]} -ge 60 ]]
    result $? "other files are left to Wireshark"
    for file in tests/data/bad/{block-cut.pcapng,not-a-capture.pcap}; do
        own -r "$file" -V >"$work/own"
        local status=$?
        ours -r "$file" -V >"$work/ours"
        [[ $? == "$status" ]] && cmp "$work/own" "$work/ours" && cmp "$work/own.err" "$work/ours.err"
        result $? "$file: another file is left to tshark, with its exit status"
    done
    cmp <(own -r tests/data/mixed.pcapng -T pdml | sed 's/ time="[^"]*"//') <(ours -r tests/data/mixed.pcapng -T pdml | sed 's/ time="[^"]*"//')
    result $? "the same PDML of another file"
    cmp <(cat tests/data/mixed.pcapng | own -r - -V) <(cat tests/data/mixed.pcapng | ours -r - -V); result $? "another file from a pipe"
}

# --- bad input -------------------------------------------------------------------------------------------------------

bad_input() {
    local place seed file parts=() lies files=()
    for place in $(seq 0 5 100); do parts+=("$work/trouble-$place.pcapng" "$place") files+=("$work/trouble-$place.pcapng"); done
    second cut tests/data/trouble.pcapng "${parts[@]}"
    second count "${files[@]}" | sed 's/^/frames /' >"$work/whole"
    for file in trouble packet_owners heads; do
        lies=()
        for seed in $(seq 1 30); do
            ((seed % 3 == 0)) || [[ $file == trouble ]] || continue
            lies+=("$work/$file-lie-$seed.pcapng" "$seed") files+=("$work/$file-lie-$seed.pcapng")
        done
        second lie tests/data/$file.pcapng "${lies[@]}"
    done
    sharkd "$with_plugin" trees "${files[@]}" >"$work/ours"
    result $? "all files are read to their ends: $(tail -n 1 "$work/ours" | cut -c 1-300)"
    same "what is whole is shown" "$work/whole" <(grep '^frames ' "$work/ours" | head -n "$(wc -l <"$work/whole")")
    [[ $(grep -c '^frames ' "$work/ours") == "${#files[@]}" && ${#files[@]} -ge 70 ]]; result $? "${#files[@]} files that are cut off or lie"
    ! grep -qiE 'dissector bug|\.lua:[0-9]+:|assert' "$work/ours"
    result $? "a bug: $(grep -oiE '.{80}(dissector bug|\.lua:[0-9]+:|assert).{80}' "$work/ours" | head -n 1)"
    # Of one that is not read to its end a message says why.
    grep -E '^sharkd: ' -A 1 "$work/ours" | tr '\n' ' ' | sed 's/ -- /\n/g' >"$work/said"
    ! grep -vE 'at byte|cut off|cut short|damaged|pcapng' "$work/said" && [[ $(wc -l <"$work/said") -ge 20 ]]; result $? "messages: $(head -n 1 "$work/said")"
    second cut $states "$work/cut.pcapng" 97
    ours -r "$work/cut.pcapng" >"$work/ours"
    [[ $? == 2 ]] && grep -qE 'cut off in a block at byte [0-9]+$' "$work/ours.err"; result $? "a cut recording: $(cat "$work/ours.err")"
}

# --- all parts, as many beside each other as there are processors, and one that waits ------------------------------------

parts=(interfaces bad_input other_files written_for_wireshark ways_in recordings filters replays made_recordings)
for part in "${parts[@]}"; do
    while (($(jobs -rp | wc -l) > $(nproc))); do wait -n; done
    (work=$work/$part && mkdir "$work" && "$part" && echo "$passed $failed" >"$work/counts") >"$work/$part.out" 2>&1 &
done
wait
for part in "${parts[@]}"; do
    cat "$work/$part.out"
    if read -r of_part failures <"$work/$part/counts"; then
        passed=$((passed + of_part)) failed=$((failed + failures))
    else
        echo "FAIL $part did not end"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
