# What the tests of share/fleet have in common. Sourced, from the root of the source tree.

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE") || exit
export PROBEVUE
. tests/diff/bundled.sh
. tests/tally.sh

# needs PROGRAM PACKAGE: the test is left out where the program is missing
needs() {
    command -v "$1" >/dev/null && return
    echo "skipped: $1 is not installed (.ci/setup fleet; Debian's package $2)"
    exit 77
}
# wait_for SECONDS COMMAND...: until the command succeeds
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return
        sleep 0.02 # between two looks: other programs tell nobody what they have begun
    done
}
# process_of TEXT: sets process to the id of the probevue whose command line holds the text
process_of() {
    process=$(pgrep -f -- "$1" | while read -r id; do [[ $(readlink "/proc/$id/exe") != "$PROBEVUE" ]] || echo "$id"; done | head -1)
    [[ -n $process ]]
}
# longer: sets capture to a repeated one in $work, where it is a pcap file
longer() {
    local repeated=$work/${capture##*/}
    [[ $capture == *.pcap ]] || return 0
    [[ -e $repeated ]] || tests/data/repeat_capture.py "$capture" "$repeated" 20 30
    capture=$repeated
}
# files_of_split: scripts of the classes flow and window on the files of one --split, by $tool
files_of_split() {
    "$PROBEVUE" -q info=none --split 5 -w "$work/cut" -r tests/data/web.pcap
    for script in handshake_time bits_per_second; do
        STATES=$work/cut-$script "$tool" scripts/$script.e files "$work"/cut/*.pcapng >"$work/merged" 2>"$work/merged.err"
        "$PROBEVUE" -r tests/data/web.pcap scripts/$script.e >"$work/whole"
        same "files of --split, $script" "$work/whole" "$work/merged"
    done
}
# every_script RUN: each bundled script that can be replayed. RUN SCRIPT CAPTURE ARGUMENTS... prints what the engine answers: that of
# one process, or for scripts that cannot be split nothing, and a line that says why.
every_script() {
    local script equal=0 refused=0
    for script in scripts/*.e; do
        replay_of "$script" || continue
        longer
        "$PROBEVUE" -r "$capture" "$script" "${arguments[@]}" >"$work/one" 2>"$work/one.err"
        if "$1" "$script" "$capture" "${arguments[@]}" >"$work/merged" 2>"$work/merged.err" </dev/null; then
            same "$script" "$work/one" "$work/merged"
            equal=$((equal + 1))
        elif grep -qE 'cannot be split, one process answers it: serial: at [0-9]+:[0-9]+ ' "$work/merged.err" && [[ ! -s $work/merged ]]; then
            refused=$((refused + 1))
        else
            bad "$script: $(head -5 "$work/merged.err")"
        fi
    done
    echo "$equal scripts are equal, $refused are refused"
    ((equal > 30 && refused > 5)) && ok || bad "too few"
}
