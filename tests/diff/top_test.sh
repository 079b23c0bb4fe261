#!/usr/bin/env bash
# The live screen of --top on a terminal of tmux: values are those of the text output, keys work, sizes and kinds of
# terminals, and the terminal is as it was before, however the screen ends.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
command -v tmux >/dev/null || { echo "skipped: tmux is not installed"; exit 77; }
data=$PWD/tests/data
work=$(mktemp -d)
terminals=0 # each is a server of its own: one that ends cannot be asked for a new one
export TZ=UTC PROBEVUE
unset NO_COLOR LC_ALL LANG LC_CTYPE TMUX
passed=0 failed=0

tm() { tmux -L "probevue-top-$$-$terminals" -f /dev/null "$@"; }
new_terminal() {
    tm kill-server 2>/dev/null
    terminals=$((terminals + 1))
}
trap 'tm kill-server 2>/dev/null; rm -rf "$work"' EXIT

cat >"$work/count.e" <<'SCRIPT'
@@net:bpf:any:*:""
{
    n[__pkt->src_addr][__pkt->src_port]++;
    bytes[__pkt->src_addr] += __pkt->ip_len;
    append(sizes[__pkt->src_addr], __pkt->ip_len);
    add_dist(lengths[__pkt->src_addr], __pkt->ip_len);
    packets++;
    if (packets == 10) printf("ten packets\n");
}
@@END { print(n); printf("packets: %d\n", packets); }
SCRIPT

# run COLUMNS ROWS ENVIRONMENT COMMAND: a shell of its own in a new terminal, with the modes of the terminal before and after
run() {
    new_terminal
    rm -f "$work"/{before,after,status,err}
    # It waits behind the command, so that what stands on the terminal stays.
    printf '%s\n' "cd '$work'" "stty -g >before" "$3 $4" 'echo $? >status; stty -g >after; echo; echo "<back>"; cat' >"$work/run.sh"
    tm new-session -d -x "$1" -y "$2" "bash $work/run.sh"
}
screen() { tm capture-pane -p 2>/dev/null; }
# shows WHAT PATTERN: within half a minute
shows() {
    local i
    for ((i = 0; i < ${PATIENCE:-600}; ++i)); do
        grep -qE -- "$2" <(screen) && { passed=$((passed + 1)); return 0; }
        sleep 0.05 # between two looks
    done
    failed=$((failed + 1))
    echo "FAIL $1: no line is \`$2\`:"
    screen | grep . | sed 's/^/    /'
    return 1
}
same() {
    if [[ $2 == "$3" ]]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'FAIL %s\n    expected: %s\n    got:      %s\n' "$1" "$2" "$3"
    fi
}
keys() { tm send-keys "$@"; }
# restored WHAT STATUS: the program has ended, and the terminal is as before
restored() {
    shows "$1: it ends" '^<back>' || return
    same "$1: exit status" "$2" "$(<"$work/status")"
    same "$1: modes of the terminal" "$(<"$work/before")" "$(<"$work/after")"
    same "$1: the cursor is seen" 1 "$(tm display-message -p '#{cursor_flag}')"
    same "$1: the other screen is left" 0 "$(tm display-message -p '#{alternate_on}')"
}

replay="\$PROBEVUE --top -r $data/web.pcap"
"$PROBEVUE" -r "$data/web.pcap" "$work/count.e" >"$work/expected" || exit 1

# --- values -----------------------------------------------------------------------------------------------------------

run 80 40 LC_ALL=C.UTF-8 "$replay count.e"
shows "a replay is played" 'replay x1'
keys e
shows "a replay ends" 'replayed'
shows "what is printed is seen" '^ten packets$'
# The rows of the first table, as print() writes them.
screen | sed -nE 's/^([0-9a-f:.]+, [0-9]+) +([0-9]+) .*/n[\1] = \2/p' | sort >"$work/rows"
grep '^n\[' "$work/expected" | sort >"$work/wanted"
same "all keys have the values that print() shows" "$(<"$work/wanted")" "$(<"$work/rows")"
same "the greatest stand first" "$(sed -E 's/.*= //' "$work/wanted" | sort -rn | tr '\n' ' ')" \
    "$(screen | sed -nE 's/^[0-9a-f:.]+, [0-9]+ +([0-9]+) .*/\1/p' | tr '\n' ' ')"
keys r
shows "sorted by rate" 'RATE/s▼'
keys k
shows "sorted by key" '^KEY▲'
same "keys ascend as print() has them" "$(grep '^n\[' "$work/expected" | sed 's/^n.\(.*\)\].*/\1/' | tr '\n' ';')" \
    "$(screen | sed -nE 's/^([0-9a-f:.]+, [0-9]+) +[0-9]+ .*/\1/p' | tr '\n' ';')"
keys R
shows "and the other way round" '^KEY▼'
keys /8080 Enter
shows "a filter" '^filter: 8080'
same "keys that hold it" "$(grep -c '8080' "$work/wanted")" "$(screen | grep -cE '^[0-9a-f:.]+, [0-9]+ ')"
keys Escape
shows "no filter" '^q quit'
keys 3
shows "the third table, a list" '^KEY.* COUNT'
keys f
shows "its sum" '^KEY.* SUM'
keys 4
shows "distributions" 'COUNT +P50 +P99'
keys Tab
shows "variables" '^packets +[0-9]+'
keys '?'
shows "help" 'sort by value, rate, key'
keys x
shows "variables again" '^packets'
keys w
shows "a picture" '^saved probevue-[-0-9]+\.txt'
grep -q '^packets' "$work"/probevue-*.txt && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAIL the picture"; }
tm resize-window -x 120 -y 12
shows "another size" 'PAUSED|replayed.{5,40} lost $|replayed .* lost'
same "rows of the new size" 12 "$(screen | wc -l)"
tm resize-window -x 10 -y 12
shows "10 columns" '^too small:'
tm resize-window -x 80 -y 24
shows "and back" '^ 1 n '
keys q
restored "q" 0
shows "what was printed comes out, and END" '^packets: [0-9]+$'
same "END" "$(tail -1 "$work/expected")" "$(screen | grep '^packets:')"

# --- ends -------------------------------------------------------------------------------------------------------------

clause='@@interval:*:clock:100 { n++; }'
live="\$PROBEVUE --top -e"
run 80 24 LC_ALL=C.UTF-8 "$live '$clause @@END { printf(\"the end\\n\"); }'"
shows "live" '^n +[0-9]+ +[0-9.]+'
keys Space
shows "paused" 'PAUSED'
keys Space
shows "and on" ' live '
keys C-c
restored "Ctrl-C" 0
shows "Ctrl-C: END" '^the end$'
run 80 24 LC_ALL=C.UTF-8 "$live '@@interval:*:clock:1000 { exit(); }'"
restored "exit()" 0
run 80 24 LC_ALL=C.UTF-8 "\$PROBEVUE --for 1s --top -e '$clause'"
restored "--for" 0
run 80 24 LC_ALL=C.UTF-8 "bash -c 'echo \$\$ >pid; exec \$PROBEVUE --top -e \"$clause\"'"
shows "live" '^n +[0-9]+ +[0-9.]+'
kill -TERM "$(<"$work/pid")"
restored "SIGTERM" 0
# Ctrl-Z in a shell with jobs, and fg.
new_terminal
printf 'export PROBEVUE=%s; PS1="<prompt>"; cd %s\n' "$PROBEVUE" "$work" >"$work/rc"
tm new-session -d -x 80 -y 24 "LC_ALL=C.UTF-8 bash --rcfile $work/rc -i"
shows "a shell" '^<prompt>'
keys "\$PROBEVUE --top -e '$clause'" Enter
shows "live" '^n +[0-9]+ +[0-9.]+'
keys C-z
shows "Ctrl-Z" 'Stopped'
keys "clear; stty | grep -c -- '-echo '; echo in the shell" Enter
shows "the shell has its terminal" '^in the shell'
keys "fg" Enter
shows "fg" '^n +[0-9]+ +[0-9.]+'
keys q
shows "the shell again" '^<prompt>$'

# --- terminals --------------------------------------------------------------------------------------------------------

for terminal in xterm screen tmux-256color vt100; do
    infocmp "$terminal" >/dev/null 2>&1 || { echo "not here: the terminal $terminal"; continue; }
    run 80 24 "LC_ALL=C TERM=$terminal" "$replay count.e"
    keys e
    shows "$terminal, ASCII" '^[0-9a-f:.]+, [0-9]+ +[0-9]+ +[0-9.]+ +#+'
    grep -qP '[^\x00-\x7f]' <(screen) && { failed=$((failed + 1)); echo "FAIL $terminal: not ASCII"; screen; }
    keys q
    restored "$terminal" 0
done
run 80 24 "LC_ALL=C.UTF-8" "$replay count.e"
shows "coloured" '█'
grep -q $'\e\[3[0-7]m' <(tm capture-pane -pe) && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAIL no colour"; }
run 80 24 "NO_COLOR=1 LC_ALL=C.UTF-8" "$replay count.e"
shows "NO_COLOR" '█'
grep -q $'\e\[[34][0-7]m' <(tm capture-pane -pe) && { failed=$((failed + 1)); echo "FAIL NO_COLOR"; } || passed=$((passed + 1))
run 10 24 "LC_ALL=C.UTF-8" "$replay count.e"
shows "10 columns from the start" '^too small:'
keys q
restored "10 columns" 0
run 80 24 "TERM=dumb" "$replay count.e"
shows "dumb" 'a terminal of the type `dumb`'
restored "dumb" 2
run 80 24 "TERM=nowhere" "$replay count.e"
shows "unknown" '--top does not know the terminal: TERM is `nowhere`'
restored "unknown" 2

# --- with -o everything goes into the file ----------------------------------------------------------------------------

run 80 24 "LC_ALL=C.UTF-8" "$replay -o out count.e"
keys e
shows "with -o" 'replayed'
keys q
restored "with -o" 0
same "the file has all" "$("$PROBEVUE" -r "$data/web.pcap" "$work/count.e")" "$(<"$work/out")"

# --- .watch in a session ----------------------------------------------------------------------------------------------

run 80 24 "LC_ALL=C.UTF-8 XDG_STATE_HOME=$work" "\$PROBEVUE -i"
shows "a session" '\.help helps'
keys ".watch" Enter
shows "nothing to watch" 'no clause is live whose values could be watched'
keys "@@interval:*:clock:100 { ticks++; a[ticks % 3]++; if (ticks == 5) printf(\"five\\n\"); }" Enter
keys ".watch tick" Enter
shows "no such variable" 'there is no variable `tick`'
keys ".watch 0" Enter
shows "no seconds" '`0` is no number of seconds'
keys ".watch a ticks" Enter
shows "two variables" 'takes one variable, and `ticks` is a second one'
keys ".watch ticks 1" Enter
shows "variables" '^ticks +[0-9]+ +[0-9.]+'
keys 1
shows "the array" '^2 +[0-9]+ +[0-9.]+ '
keys q
shows "the prompt" 'there is no variable `tick`'
keys 'printf("back %d\n", ticks > 5)' Enter
shows "expressions" '^back 1'
keys ".help" Enter
shows "the help" '\.watch \[NAME\] \[SECONDS\] +values on a screen that is redrawn'
keys ".quit" Enter
restored "a session" 0
timeout 30 "$PROBEVUE" -i -e "$clause" >"$work/out" 2>&1 <<<$'.watch\n.pause\n.watch'
grep -qF 'error: .watch draws on a terminal, and standard output is none' "$work/out" &&
    grep -qF 'hint: .resume attaches probes, and print() shows what an array holds' "$work/out" && passed=$((passed + 1)) || {
    failed=$((failed + 1))
    echo "FAIL .watch without a terminal: $(<"$work/out")"
}

# --- what is no terminal, and what cannot be shown --------------------------------------------------------------------

# refuses WHAT MESSAGE ARGUMENT...
refuses() {
    local what=$1 message=$2 hint=$3
    shift 3
    timeout 30 "$PROBEVUE" "$@" >"$work/out" 2>"$work/err" </dev/null
    same "$what: exit status" 2 $?
    grep -qF -- "error: $message" "$work/err" && grep -qxF -- "hint: $hint" "$work/err" || { failed=$((failed + 1)); echo "FAIL $what:"; cat "$work/err"; }
}
refuses "no terminal" '--top draws on a terminal, and standard output is none' \
    'leave it out: print() in an interval clause shows values anywhere' --top -e "$clause"
refuses "no script" '--top shows what a script counts, and there is none' 'name a script, or give a program with -e; .watch shows the values of an interactive session' \
    --top -r "$data/web.pcap"
refuses "from standard input" '--top reads keys from standard input, and the script or the capture comes from there' \
    'put it into a file' --top -r - -e "$clause"
refuses "a session" '--top shows a script, and -i is the interactive session' 'leave out one of them' --top -i
refuses "0 rows" '--top wants a number of at least 1, not `0`' 'probevue --help lists the flags' --top 0 -e "$clause"
run 80 24 LC_ALL=C.UTF-8 "\$PROBEVUE --top 2 -r $data/web.pcap count.e"
keys e
shows "--top 2" 'replayed'
same "--top 2: rows" 2 "$(screen | grep -cE '^[0-9a-f:.]+, [0-9]+ ')"
run 80 24 LC_ALL=C.UTF-8 "\$PROBEVUE --top -e '$clause' </dev/null"
shows "input is none" 'standard input is none'

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
