#!/usr/bin/env bash
# Bundled scripts as interfaces of tshark: it lists them, asks for their arguments, captures with one, shows events and packets while
# they happen, and saves them; probevue ends with it, and says why where it cannot begin.
source "$(dirname "$0")/network.sh"

command -v tshark >/dev/null || skip "tshark is not installed"
[[ $(tshark --version 2>/dev/null) == *"with Lua"* ]] || skip "this tshark is built without Lua"
folder=$(tshark -G folders 2>/dev/null | sed -n 's/^Extcap path:[[:space:]]*//p')
[[ -d $folder ]] || skip "this tshark has no folder for extcap programs"
said=$("$PROBEVUE" -e '@@net:tcp:state_change { n++; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"

mkdir "$work/mine" && echo '@@net:tcp:state_change { printf("%d\n", $1); }' >"$work/mine/asks_for_one.e"
export PROBEVUE_SCRIPTS=$work/mine
# tshark 4.0 looks into this folder only: in a mount namespace another one lies above it.
mkdir "$work/extcap" && ln -s "$PWD/docs/wireshark/extcap" "$work/extcap/probevue"
unshare --mount mount --bind "$work/extcap" "$folder" 2>/dev/null || skip "folders cannot be mounted here"
# Not a function: what is started in the background has to be the program that a signal is for.
shark=(env HOME="$work" timeout 60 unshare --mount sh -c 'mount --bind "$0" "$1" && shift &&
    exec tshark -n -X lua_script:docs/wireshark/probevue.lua "$@"' "$work/extcap" "$folder")

"${shark[@]}" -D >"$work/list" 2>/dev/null
same "interfaces" "$("$PROBEVUE" --scripts | grep -c '^  [^ ]')" "$(grep -c 'probevue_' "$work/list")"
has "what a script answers" 'probevue_tcpstates \(probevue tcpstates: Every change of the state' "$(cat "$work/list")"
has "its link type" 'WIRESHARK_UPPER_PDU' "$("${shark[@]}" -i probevue_tcpstates -L 2>/dev/null)"

# talk PORT: one connection to `far`, in which both ends say something
talk() {
    serve in_far "$1" || fail "nobody listens on $1"
    ask 192.0.2.3 "$1" >/dev/null || fail "no answer from $1"
}

# capture NAME ARGUMENT...: tshark in the background, its frames in $work/NAME.out and .pcapng
capture() {
    local name=$1
    shift
    "${shark[@]}" "$@" -w "$work/$name.pcapng" -P -l >"$work/$name.out" 2>"$work/$name.err" &
    shark_id=$!
    started+=("$shark_id")
    # The session is the first event; it is told when the probes are enabled.
    until_true 30 grep -q 'probevue .* session ' "$work/$name.out" || fail "$name did not start: $(cat "$work/$name.err")"
}
# stop_capture NAME: by a signal to tshark, which ends probevue
stop_capture() {
    stop "$shark_id" TERM
    same "$1: tshark ends" 0 "$status"
    until_true 20 eval '! pgrep -f -- "-w [^ ]*wireshark_extcap_probevue_'"$1"'" >/dev/null' || fail "$1: probevue goes on"
}
of_file() { "${shark[@]}" -r "$work/$1.pcapng" -Y "$2" -T fields "${@:3}" 2>/dev/null; }

capture tcpstates -i probevue_tcpstates
talk 8000
# Both ends may close at once: then neither is in LAST_ACK.
until_true 20 grep -qE 'prev_state=(LAST_ACK|CLOSING|FIN_WAIT_2) cur_state=(CLOSED|TIME_WAIT)' "$work/tcpstates.out" || fail "events are not shown while they happen: $(tail -n 3 "$work/tcpstates.out")"
stop_capture tcpstates
has "events by name" 'perl\([0-9]+\) 192\.0\.2\.2:[0-9]+ .+ 192\.0\.2\.3:8000 prev_state=CLOSED cur_state=SYN_SENT' "$(cat "$work/tcpstates.out")"
same "the states of who calls" "2 4" "$(of_file tcpstates 'probevue.remote_port == 8000' -e probevue.cur_state | head -n 2 | xargs)"
same "events have times" 0 "$(of_file tcpstates probevue -e frame.time_epoch | awk -v now="$(date +%s)" '!($1 > now - 100 && $1 <= now + 1)' | wc -l)"
same "events are of an interface" probevue "$(of_file tcpstates probevue -e frame.interface_name | sort -u)"

# A script with arguments, which names packets: these are there as on any interface.
capture who_sent_it -i probevue_who_sent_it -o extcap.probevue_who_sent_it.argument1:192.0.2.3 -o extcap.probevue_who_sent_it.argument2:8001
talk 8001
until_true 20 grep -q 'perl' "$work/who_sent_it.out" || fail "nobody sends: $(tail -n 3 "$work/who_sent_it.out" "$work/who_sent_it.err")"
stop_capture who_sent_it

# Packets.
capture packet_contents -i probevue_packet_contents -o 'extcap.probevue_packet_contents.argument1:tcp port 8002'
talk 8002
until_true 20 grep -q 'FIN' "$work/packet_contents.out" || fail "packets are not shown: $(tail -n 3 "$work/packet_contents.out" "$work/packet_contents.err")"
stop_capture packet_contents
same "packets of the port" 8002 "$(of_file packet_contents tcp -e tcp.port | tr ',' '\n' | grep -x 8002 | sort -u)"
same "packets on the interface" any "$(of_file packet_contents tcp -e frame.interface_name | sort -u)"
has "a replay finds the packets" '^n = [1-9]' "$("$PROBEVUE" -r "$work/packet_contents.pcapng" -e '@@net:bpf:any:tcp:"" { n++; }' 2>&1)"
same "and no events among them" "$(of_file packet_contents tcp -e frame.number | wc -l)" \
    "$("$PROBEVUE" -r "$work/packet_contents.pcapng" -e '@@net:bpf:any:*:"" { n++; } @@END { printf("%d\n", n); }' 2>/dev/null | head -n 1)"

# What goes wrong is told.
"${shark[@]}" -i probevue_rtp_loss -o extcap.probevue_rtp_loss.argument1:nothing -a duration:5 >"$work/out" 2>"$work/err"
has "a script that is refused" 'error: .*nothing' "$(cat "$work/err")"
"${shark[@]}" -i probevue_asks_for_one -a duration:5 >"$work/out" 2>"$work/err"
has "an argument that is missing" 'extcap.probevue_asks_for_one.argument1:VALUE' "$(cat "$work/err")"
# setpriv: the script needs what this process may no longer have.
setpriv --bounding-set=-all true 2>/dev/null || conclude
shark[8]=${shark[8]/exec tshark/exec setpriv --bounding-set=-all --inh-caps=-all tshark}
"${shark[@]}" -i probevue_tcpstates -a duration:5 >"$work/out" 2>"$work/err"
has "a script that may not trace" 'may not be traced.*missing CAP_BPF' "$(cat "$work/err")"
has "what to do then" 'hint: run it with sudo' "$(cat "$work/err")"

conclude
