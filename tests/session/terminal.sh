# A program on a real terminal, by tmux: keys are typed into it and its screen is looked at. Sourced by tests of the session.
#
# Nothing here sleeps for a time that is hoped to be enough: every step waits for what it wants to see, for at most $patience
# seconds.

command -v tmux >/dev/null || { echo "tmux is not installed"; exit 77; }

: "${patience:=30}"
work=$(mktemp -d)
export TMUX_TMPDIR=$work HOME=$work/home LC_ALL=C.UTF-8
unset TMUX XDG_STATE_HOME NO_COLOR
mkdir "$HOME"
passed=0 failed=0
cleanup() { tmux kill-server 2>/dev/null; rm -rf "$work"; }
trap cleanup EXIT

result() { # result STATUS WHAT
    if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $2"; fi
}

# wait_until COMMAND...: until it succeeds; false when it does not in time
wait_until() {
    local end=$((SECONDS + patience))
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.02 # between two looks
    done
}

# open_terminal COLUMNS ROWS COMMAND: a new terminal, in place of the one before
open_terminal() {
    close_terminal
    TMUX_TMPDIR=$(mktemp -d "$work/tmux.XXXXXX") # a server that is about to end takes no new session
    tmux -f /dev/null start-server \; set-option -g remain-on-exit on \; set-option -g history-limit 200000 \; \
        set-option -sg escape-time 0 \; new-session -d -s main -x "$1" -y "$2" "$3"
}
close_terminal() {
    tmux kill-server 2>/dev/null
    wait_until eval '! tmux list-sessions >/dev/null 2>&1'
}

press() { tmux send-keys -t main "$@"; }
# Text goes as it is: a semicolon at the end would be tmux's own.
type_text() {
    local text=$1
    [[ $text != *';' ]] || text="${text%;}\\;"
    tmux send-keys -t main -l -- "$text"
}
enter() { type_text "$1" && press Enter; }
resize() { tmux resize-window -t main -x "$1" -y "$2"; }

screen() { tmux capture-pane -p -t main; }
colored_screen() { tmux capture-pane -e -p -t main; }
everything() { tmux capture-pane -p -J -S - -t main; }
# Without the empty lines at its end.
last_line() { screen | sed '/^$/d' | tail -n 1; }
last_line_is() { [[ $(last_line) == "$1" ]]; }
# The prompt tells what clauses are about: `vue>`, `paused>`, `vue web.pcap:2>`.
at_prompt() { [[ $(last_line) =~ ^(vue|paused|vue\ [^ ]+)\>$ ]]; }
on_screen() { screen | grep -qE -- "$1"; }
printed() { everything | grep -qE -- "$1"; }
is_dead() { [[ $(tmux display-message -p -t main '#{pane_dead}') == 1 ]]; }
pane_pid() { tmux display-message -p -t main '#{pane_pid}'; }

# expect PATTERN WHAT: a line of the screen comes to match
expect() {
    wait_until on_screen "$1"
    local status=$?
    result $status "$2: no line like $1"
    ((status == 0)) || screen | sed '/^$/d; s/^/    | /'
}
# expect_line TEXT WHAT: the last line comes to be this
expect_line() {
    wait_until last_line_is "$1"
    local status=$?
    result $status "$2: the last line is not \`$1\`"
    ((status == 0)) || screen | sed '/^$/d; s/^/    | /'
}
# answers ENTRY PATTERN WHAT: on an empty screen, what is entered gives a line, and the prompt comes back below it
answers() {
    clear_screen
    enter "$1"
    expect "$2" "$3"
    wait_until at_prompt
    result $? "$3: the prompt is back"
}
only_prompt() { [[ $(screen | sed '/^$/d' | wc -l) == 1 ]] && at_prompt; }
clear_screen() {
    wait_until at_prompt
    press C-l
    wait_until only_prompt
    tmux clear-history -t main
}
# starts COMMAND [COLUMNS ROWS]: a session with its prompt
starts() {
    open_terminal "${2:-80}" "${3:-24}" "$1"
    wait_until at_prompt
    result $? "$1: a prompt"
}
# tmux 3.3 misses the end of a child now and then, and looks for all that have ended when the next one does.
has_status() { [[ -n $(tmux run-shell true \; display-message -p -t main '#{pane_dead_status}') ]]; }
# leaves KEY STATUS WHAT
leaves() {
    press "$1"
    wait_until is_dead && wait_until has_status
    result $? "$3: the end"
    [[ $(tmux display-message -p -t main '#{pane_dead_status}') == "$2" ]]
    result $? "$3: exit status $2"
}

summary() {
    echo "$passed passed, $failed failed"
    ((failed == 0 && passed >= $1))
}
