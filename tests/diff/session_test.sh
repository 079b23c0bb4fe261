#!/usr/bin/env bash
# The interactive session on a terminal, with captures: needs no privilege. What needs live packets is in tests/live.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
# shellcheck source=tests/session/terminal.sh
. tests/session/terminal.sh
data=tests/data
esc=$'\033'

# --- expressions, editing -------------------------------------------------------------------------------------------

starts "$PROBEVUE"
result "$(screen | grep -cF ': type a clause or an expression, .help helps, Ctrl-D leaves' | sed 's/1/0/; t; s/.*/1/')" "a greeting"
answers '1 << 20' '^1048576$' "an expression"
answers '"abc"' '^abc$' "a String"
answers 'nothing_known' 'error: `nothing_known` is not declared' "a name that nobody knows"
answers '1 +' 'error: expected an expression after' "half an expression"
answers '7/0' 'warning: input:1:1: division by zero, the result is 0' "division by zero"
clear_screen
type_text '10 + 5'
press Left Left BSpace '-' End '0' Enter
expect '^vue> 10 - 50$' "editing within the line"
expect '^-40$' "and its value"
clear_screen
type_text 'x'
press C-u
type_text '3 * 7'
press C-a
type_text '2 * '
press Enter
expect '^42$' "Ctrl-U, Ctrl-A"
clear_screen
type_text '"größe äöü'
press Left Left BSpace
type_text 'é"'
press BSpace End '"' Enter
expect '^größe éöü$' "letters beyond ASCII are edited as letters"

# --- several lines --------------------------------------------------------------------------------------------------

clear_screen
enter '@@BEGIN'
expect_line '...>' "a clause without its block goes on"
enter '{'
wait_until on_screen '^\.\.\.> \{$'
type_text '    printf("from %d lines\n", 4); /* } */'
press Enter
type_text '}'
expect_line '...> }' "a brace in a comment closes nothing"
press Enter
expect '^from 4 lines$' "a clause of four lines"
wait_until at_prompt
press Up
expect_line '...> }' "Up brings the whole entry back"
result "$(screen | grep -c '^vue> @@BEGIN$' | sed 's/2/0/; t; s/.*/1/')" "with its first line"
press C-c
wait_until at_prompt
enter 'struct pair'
expect_line '...>' "a structure wants its block"
enter '{ int a; int b; };'
wait_until at_prompt
answers 'sizeof(struct pair)' '^8$' "and is declared alone"

# --- colours --------------------------------------------------------------------------------------------------------

painted() { colored_screen | grep -qF -- "$1"; }
clear_screen
type_text '@@net:bpf:lo:tcp:"port 80" when (__tcphdr->flags & TH_SYN) { n = 12; printf("x"); // note'
wait_until painted "${esc}[90m// note"
result $? "a comment is grey"
for piece in '35m@@net:bpf:lo:tcp:' '32m"port 80"' '34mwhen' '33m__tcphdr' '36mTH_SYN' '36m12' '34mprintf' '32m"x"'; do
    colored_screen | sed "s/${esc}\[49m//g" | grep -qF -- "$piece" # tmux says more than once that the background is black
    result $? "painted: $piece"
done
press C-c

# --- completion -----------------------------------------------------------------------------------------------------

# completes TEXT LINE WHAT: Tab makes this of it
completes() {
    press C-c
    clear_screen
    type_text "$1"
    wait_until last_line_is "vue> $1"
    press Tab
    expect_line "vue> $2" "$3"
}
# proposes TEXT PATTERN WHAT: Tab lists candidates
proposes() {
    press C-c
    clear_screen
    type_text "$1"
    wait_until last_line_is "vue> $1"
    press Tab
    expect "$2" "$3"
    expect_line "vue> $1" "$3: the line stays"
}
proposes '@@' '^BEGIN +END +interval: +kft: +net: ' "probe managers"
completes '@@i' '@@interval:' "a manager"
completes '@@net:b' '@@net:bpf:' "the second field"
proposes '@@net:' '^bpf: +ip: +netdev: +skb: +tcp: +udp:' "its choices"
proposes '@@net:bpf:' '(^|\s)lo:' "interfaces"
completes '@@net:bpf:lo:ar' '@@net:bpf:lo:arp:' "a protocol"
completes '@@net:bpf:lo:arp:' '@@net:bpf:lo:arp:"' "a filter begins"
completes '@@net:tcp:ret' '@@net:tcp:retransmit' "an event"
completes '@@syscall:*:readah' '@@syscall:*:readahead:' "a system call"
completes '@@syscallx:*:readahead:en' '@@syscallx:*:readahead:entry' "what a system call does"
completes '@@net:bpf:lo:udp:"" { __ud' '@@net:bpf:lo:udp:"" { __udphdr->' "a built-in"
completes '@@net:bpf:lo:udp:"" { __udphdr->le' '@@net:bpf:lo:udp:"" { __udphdr->length' "a member"
completes '@@net:tcp:retransmit { __nth' '@@net:tcp:retransmit { __nth_retransmit' "a built-in of this event"
completes '@@net:bpf:lo:udp:"" { lquan' '@@net:bpf:lo:udp:"" { lquantize(' "a function"
completes '@@net:bpf:lo:udp:"" { TH_PU' '@@net:bpf:lo:udp:"" { TH_PUSH' "a constant"
completes '.ver' '.ver' "no command of that name"
completes '.resu' '.resume' "a command"
completes '.read tests/data/web' '.read tests/data/web.pcap' "a file"
completes '.d __tcphdr->wi' '.d __tcphdr->window' "a name to describe"
press C-c
enter 'long_named_counter = 5;'
completes 'long_na' 'long_named_counter' "a variable"
press C-c

# --- clauses over a capture, and what is kept -----------------------------------------------------------------------

resize 150 40
clear_screen
enter '@@net:bpf:any:tcp:"tcp" when (__tcphdr->flags == TH_SYN) { syn[__ip4hdr->dst_addr]++; }'
wait_until at_prompt
enter ".read $data/web.pcap"
wait_until at_prompt
# tcpdump -r tests/data/web.pcap 'tcp[tcpflags] = tcp-syn and ip' counts them as well
wanted=$(tcpdump -nr $data/web.pcap 'ip and tcp[tcpflags] = tcp-syn' 2>/dev/null | wc -l)
answers 'syn["192.0.2.3"]' "^$wanted\$" "an element, as tcpdump counts"
answers 'syn' "^syn\[192\.0\.2\.3\] = $wanted\$" "an array"
answers 'long_named_counter' '^5$' "a variable that the capture did not touch is assigned anew by its clause"

answers '.show' '^  [0-9]+  @@net:bpf:any:tcp:"tcp" when' "clauses"
expect '^long long long_named_counter = 5$|^int long_named_counter = 5$' "variables and their values"
expect "^syn\[\]: 2 elements$" "arrays"
answers '@@net:bpf:any:tcp:"tcp" { syn[1] = __tcphdr->nothing; }' 'error: .*`__tcphdr` has no member `nothing`' "a clause with an error"
answers 'syn' "^syn\\[192\\.0\\.2\\.3\\] = $wanted\$" "and variables are as they were"
answers ".read $data/gone.pcap" 'error: cannot read `tests/data/gone.pcap`: No such file or directory' "a capture that is not there"
cp $data/dns.pcap "$work/vanishes.pcap"
answers ".next $work/vanishes.pcap" '^packet 1: ' "the first packet"
rm "$work/vanishes.pcap"
answers '.next' '^packet 2: ' "the next packet of a file that was removed"
# tcpdump -r tests/data/dns.pcap -c 2 shows the same
port=$(tcpdump -nr $data/dns.pcap -c 2 2>/dev/null | sed -n '2s/.*\.\([0-9]*\) > .*/\1/p')
answers '__udphdr->src_port' "^$port\$" "a field of the packet, as an expression"
answers '.d __udphdr->src_port' "source port \\(udp\\); in the last packet $port\$" "a field described"
answers '.d printf' '^ *printf\(|printf' "a function described"
answers '.d __udphdr->src_prt' 'hint: did you mean `__udphdr->src_port`' "a name misspelt"
answers '.read /' 'error: `/` is no file' "a folder"
answers '.resum' 'hint: did you mean `.resume`' "a command misspelt"
answers '.list net:tcp:ret' 'error: no probe point matches' "a pattern that nothing matches"
answers '.list retrans' '^@@net:tcp:retransmit +a TCP segment is sent again$' "a part of a name"
answers '.d retransm' '^@@net:tcp:retransmit +a TCP segment is sent again$' "a probe point is described by a part of its name"
answers '.d net:tcp:retransmit' '^    __nth_retransmit ' "and whole, with its built-ins"
answers '.list @@net:tcp:re*' '^@@net:tcp:retransmit +a TCP segment is sent again$' "a pattern"
answers '.help' '^  \.edit N +change clause N$' "help"
answers '.stats' '^packets +[0-9]+$' "figures"
answers '.format json' '^vue [a-z.]+:2>$' "the format"
answers '40 + 2' '^\{"type":"printf".*"values":\[42\]\}' "JSON"
answers '.format xml' 'message","kind":"error","text":"`xml` is no format' "a format that is none"
enter '.format text'
wait_until at_prompt

# --- .del .edit .save .load .pause .resume -----------------------------------------------------------------------------

starts "$PROBEVUE" 150 40
enter '@@BEGIN { a = 1; printf("a is %d\n", a); }'
expect '^a is 1$' "BEGIN fires when it is entered"
enter '@@BEGIN { b = 2; printf("b is %d\n", b); }'
expect '^b is 2$' "and the second one"
result "$(($(screen | grep -c '^a is 1$') - 1))" "the first one not again"
clear_screen
enter '.edit 2'
expect_line 'vue> @@BEGIN { b = 2; printf("b is %d\n", b); }' "a clause to be edited"
press C-e C-h C-h
type_text ' c = 3; }'
press Enter
expect '^b is 2$' "the edited clause"
answers 'c' '^3$' "with its change"
answers '.del 9' 'error: .*there is no clause 9' "a number that is none"
answers '.del x' 'error: .*`x` is no number of a clause' "what is no number"
answers '.del' 'error: .*wants something behind it' "no number at all"
answers '.pause' 'note: paused, \.resume goes on' "pause"
answers '.pause' 'error: .*paused already' "pause again"
expect_line 'paused>' "the prompt tells it"
answers 'b' '^2$' "variables while paused"
answers '.resume' 'note: clauses are live' "resume"
clear_screen
enter ".save $work/saved.e"
wait_until at_prompt
"$PROBEVUE" --check "$work/saved.e"
result $? "what was saved is a script"
enter '.del 1'
wait_until at_prompt
answers 'a' '^1$' "the variable of a clause that has gone"
enter '.del 2'
wait_until at_prompt
answers '.show' '^long long a = 1$|^int a = 1$' "variables stay when no clause is left"
result "$(screen | grep -c '^  [0-9]  ')" "no clause is left"
answers '@@BEGIN { b = "text"; printf("b is %s\n", b); }' '^b is text$' "and their names may mean something else"
enter '.del 3'
wait_until at_prompt
clear_screen
enter ".load $work/saved.e"
expect '^a is 1$' "loaded clauses run"
expect '^b is 2$' "both"
answers ".load $work/nothing.e" 'error: cannot read script `.*nothing.e`: No such file' "a script that is not there"
answers '.undo' '^probevue: note: undone: clause [0-9]+ is gone, clause [0-9]+ is gone$' "what was loaded is taken back"
enter '@@BEGIN { d = 4; }'
wait_until at_prompt
number=$(everything | sed -n 's/^ *\([0-9]*\)  @@BEGIN { d = 4; }$/\1/p' | tail -n 1)
enter '.show'
wait_until on_screen '^ *[0-9]+  @@BEGIN \{ d = 4; \}$'
number=$(screen | sed -n 's/^ *\([0-9]*\)  @@BEGIN { d = 4; }$/\1/p')
answers ".del $number" '^' "a clause goes"
answers '.undo' "note: undone: clause $number is back\$" "and is back"
answers '.undo' "note: undone: clause $number is gone\$" "further back"
clear_screen
enter ".load $work/saved.e"
wait_until at_prompt
# What is there is not written over without a question.
echo '/* mine */' >"$work/mine.e"
clear_screen
enter ".save $work/mine.e"
expect_line '`'"$work/mine.e"'` exists; overwrite it? [y/N]' "a question"
enter 'n'
expect 'note: nothing has been done$' "no"
wait_until at_prompt
[[ $(<"$work/mine.e") == '/* mine */' ]]
result $? "nothing was written"
clear_screen
enter ".save $work/mine.e"
expect_line '`'"$work/mine.e"'` exists; overwrite it? [y/N]' "the question again"
press C-c
wait_until at_prompt
answers 'b' '^2$' "Ctrl-C takes the question away"
clear_screen
enter ".save $work/mine.e"
wait_until last_line_is '`'"$work/mine.e"'` exists; overwrite it? [y/N]'
enter 'y'
wait_until grep -qx '@@BEGIN { a = 1; printf("a is %d\\n", a); }' "$work/mine.e"
result $? "yes"
wait_until at_prompt
echo '/* mine */' >"$work/mine.e"
answers ".save! $work/mine.e" '^' "without a question"
grep -qx '@@BEGIN { a = 1; printf("a is %d\\n", a); }' "$work/mine.e"
result $? "it is written over"
answers '.save /proc/nothing' 'error: .*cannot write `/proc/nothing`' "a place where nothing can be saved"
clear_screen
enter '.quit'
wait_until is_dead
result $? ".quit leaves"

# --- Ctrl-C, Ctrl-D, history ----------------------------------------------------------------------------------------

starts "$PROBEVUE"
press Up
expect_line 'vue> .quit' "the history of the session before"
press C-c
wait_until at_prompt
type_text '111 + 222'
press C-c
wait_until at_prompt
press Up
expect_line 'vue> 111 + 222' "Ctrl-C keeps what was typed in the history"
press Enter
expect '^333$' "and it can be entered"
type_text '@@BEGIN {'
press Enter
type_text 'half_a_clause'
expect_line '...> half_a_clause' "half a clause"
press C-d
wait_until is_dead
result $? "Ctrl-D leaves"
result "$(screen | grep -c '^what was typed is kept in the history$' | sed 's/1/0/; t; s/.*/1/')" "and says where half a clause is"
starts "$PROBEVUE"
press Up
expect_line '...> half_a_clause' "it is in the history"
press C-c
wait_until at_prompt
press C-r
type_text '1 +'
expect_line 'vue> search `1 +`: 111 + 222' "a search in the history"
press C-a
type_text '1000 + '
press Enter
expect '^1333$' "and what it found is edited"
leaves C-d 0 "Ctrl-D on an empty line"

# What is typed behind the end is for the shell.
starts "sh -c '$PROBEVUE; read line; echo got \$line; read line'"
tmux send-keys -t main -l -- $'.quit\rechoed\r'
expect '^got echoed$' "what follows .quit is for the next program"

# A replay that Ctrl-C stops: its output is more than a terminal takes in a moment.
{ head -c 24 $data/web.pcap; for ((i = 0; i < 1500; i++)); do tail -c +25 $data/web.pcap; done; } >"$work/long.pcap"
starts "$PROBEVUE"
enter '@@net:bpf:any:*:"" { n++; printf("%900d\n", n); }'
wait_until at_prompt
enter ".read $work/long.pcap"
wait_until on_screen '^ +[0-9]+$'
press C-c
expect 'note: stopped before the end of the capture' "Ctrl-C stops the replay"
wait_until at_prompt
answers 'n > 0 && n < 210000' '^1$' "the session goes on, with what was counted"

# --- on a capture: -r without a script ---------------------------------------------------------------------------------

starts "$PROBEVUE -r $data/dns.pcap" 170 40
expect "^probevue: note: enter clauses, and .\.read. runs them over $data/dns.pcap"'; `.next` steps through its packets, `.resume` makes clauses live$' "the session opens on a capture"
expect_line 'vue dns.pcap>' "the prompt tells which"
enter '@@net:bpf:any:*:"" { seen++; }'
expect '^probevue: note: `.read` runs the clauses over '"$data/dns.pcap, .\.resume. makes them live\$" "what is entered waits for .read"
answers 'seen' '^0$' "nothing is live there"
enter '.read'
# tcpdump -r tests/data/dns.pcap | wc -l counts the same
answers 'seen' "^$(tcpdump -nr $data/dns.pcap 2>/dev/null | wc -l)\$" "what was entered runs over the capture"
answers '.next' '^packet 1: ' "its first packet"
expect_line 'vue dns.pcap:1>' "the prompt tells which packet"
answers '__ip4hdr->dst_addr' "^$(tcpdump -nr $data/dns.pcap -c 1 ip 2>/dev/null | sed 's/.* > \([0-9.]*\)\.[0-9]*: .*/\1/')\$" "an expression reads the packet"
answers '.pause' 'note: paused' "no packet is looked at any more"
# Words are whole at the edge of the screen.
resize 60 40
answers '.d __tcphdr->window' '^' "a description"
enter '.help'
expect '^  \.undo +take the last change of' "help on a narrow screen"
result "$(everything | grep -cE '^.{61,}$')" "no line is longer than the screen"
result "$(everything | sed -n '/Type a clause/,/^vue/p' | grep -v '^vue' | grep -cE '^[a-z]')" "no line of a list begins with a word of the one before"
resize 170 40
wait_until at_prompt
answers '.next' '^packet 1: ' "from the first packet again"
enter quit
wait_until is_dead && wait_until has_status
result $? "quit ends it"
open_terminal 120 10 "$PROBEVUE -r $data/gone.pcap"
wait_until is_dead
result $? "a capture that is not there: no session"
printed "^probevue: error: cannot read \`$data/gone.pcap\`: No such file or directory\$"
result $? "a capture that is not there: it is said"
open_terminal 120 10 "$PROBEVUE -r README.md"
wait_until is_dead && printed '^probevue: error: README.md: not a capture'
result $? "a file that is no capture"
# Where standard output is no terminal the keyboard gives a script.
open_terminal 120 10 "$PROBEVUE -r $data/dns.pcap >$work/typed.out"
expect '^probevue: reading the script from the keyboard; Ctrl-D ends it$' "a script from the keyboard"
enter '@@END { printf("typed\n"); }'
press C-d
wait_until grep -qx typed "$work/typed.out"
result $? "it runs"
"$PROBEVUE" -i -r $data/dns.pcap <<<$'@@net:bpf:any:*:"" { n++; }\n.read\nn' >"$work/piped" 2>/dev/null
[[ $(<"$work/piped") == "$(tcpdump -nr $data/dns.pcap 2>/dev/null | wc -l)" ]]
result $? "the same from a pipe: $(<"$work/piped")"

# --- resizing -------------------------------------------------------------------------------------------------------

starts "$PROBEVUE" 100 30
# In the last rows of a screen that is full, as it is after a while. A letter that appears tells that the program has seen the new size.
long='"0123456789012345678901234567890123456789012345678901234567890123456789_end_of_it'
enter "@@BEGIN { printf(\"$(printf 'row\\n%.0s' {1..40})\"); }"
wait_until at_prompt
type_text "$long"
wait_until on_screen '_end_of_it$'
unwrapped() { [[ $(screen | sed '/^$/d' | sed -n '/^vue> /,$p' | tr -d '\n') == "vue> $long" ]]; }
for size in "30 20" "12 20" "61 20" "61 7" "200 40" "80 24"; do
    resize ${size% *} ${size#* }
    seen() { [[ $(stty size <"$(tmux display-message -p -t main '#{pane_tty}')") == "${size#* } ${size% *}" ]]; }
    wait_until seen
    type_text x
    long+=x
    wait_until unwrapped
    result $? "the line is whole at $size"
done
type_text '"'
press Enter
expect '^xxxxxx$' "and can be entered"

# --- pasting --------------------------------------------------------------------------------------------------------

{
    echo 'int pasted;'
    for ((i = 0; i < 4997; i++)); do printf '@@BEGIN\t{ pasted = pasted + 1; } // %d\n' $i; done
    printf '%s\n' '@@BEGIN {' '    printf("pasted %d\n", pasted); }'
} >"$work/paste"
result "$(($(wc -l <"$work/paste") - 5000))" "5,000 lines"
starts "$PROBEVUE"
tmux load-buffer "$work/paste"
tmux paste-buffer -p -t main # with marks
expect '^\.\.\.>     printf\("pasted %d\\n", pasted\); \}$' "5,000 lines in one piece"
press Enter
expect '^pasted 4997$' "and all are entered"
answers 'pasted' '^4997$' "once"
starts "$PROBEVUE"
tmux load-buffer "$work/paste"
tmux paste-buffer -t main # as if typed
expect '^pasted 4997$' "5,000 lines typed at once"
answers 'pasted' '^4997$' "once as well"
printf '%s\n' 'int p;' 'p = 7;' '@@BEGIN { p = p + wrong; }' 'p * 6' '.show' >"$work/paste"
clear_screen
tmux load-buffer "$work/paste"
tmux paste-buffer -p -t main
press Enter
wait_until printed '^42$' # .show prints more than the screen holds
result $? "clauses, expressions and commands, one with an error"
wait_until printed '`wrong` is not declared'
result $? "which is told"

# --- terminals that can do less -------------------------------------------------------------------------------------

plain() { ! colored_screen | grep -q "$esc"; }
starts "NO_COLOR=1 $PROBEVUE"
type_text '@@BEGIN { printf("%d\n", 1); }'
expect_line 'vue> @@BEGIN { printf("%d\n", 1); }' "NO_COLOR: typing"
plain
result $? "NO_COLOR: no colours"
press Enter
expect '^1$' "NO_COLOR: a clause"
starts "TERM=dumb $PROBEVUE"
type_text '@@BEGIN { printf("%d\n", 12);'
press Enter
expect_line '...>' "TERM=dumb: several lines"
type_text '}'
press Enter
expect '^12$' "TERM=dumb: a clause"
type_text '4 + 5'
press Left BSpace BSpace BSpace Enter
expect '^45$' "TERM=dumb: editing"
plain
result $? "TERM=dumb: no colours"
leaves C-d 0 "TERM=dumb"
starts "TERM= $PROBEVUE"
enter '1 + 1'
expect '^2$' "no TERM"

# Nothing from outside steers the terminal: a script by others, names of files that Tab lists and puts in, one in the prompt.
printf '@@BEGIN { steered = 1; /* \033]0;OWNED\007\033[2J\302\2331m */ }\n' >"$work/steers.e"
mkdir "$work/two" "$work/single"
touch "$work/two/a"$'\033[2Jb' "$work/two/a"$'\033[2Jc'
cp $data/web.pcap "$work/single/"$'\033]0;OWNED\033[2Jweb.pcap'
starts "$PROBEVUE"
enter ".load $work/steers.e"
wait_until at_prompt
clear_screen
enter '.show'
expect '^ +1  @@BEGIN \{ steered = 1; /\* \\x1b\]0;OWNED\\x07\\x1b\[2J\\xc2\\x9b1m \*/ \}$' ".show of a script by others"
clear_screen
type_text ".read $work/two/"
press Tab
expect_line "vue> .read $work/two/a?[2J" "a name of a file is put in"
press Tab
expect 'two/a\\x1b\[2Jb.*two/a\\x1b\[2Jc|a\\x1b\[2Jb +.*a\\x1b\[2Jc' "names of files are listed"
press C-c
clear_screen
type_text ".next $work/single/"
press Tab
wait_until on_screen 'web.pcap'
press Enter
expect_line 'vue \x1b]0;OWNED\x1b[2Jweb.pcap:1>' "the prompt has the name of a file"
[[ $(tmux display-message -p -t main '#{pane_title}') != *OWNED* ]]
result $? "no title was set"
leaves C-d 0 "a session that nothing steers"

# The terminal goes away: the session ends, and the history is kept.
starts "$PROBEVUE"
enter '987 + 1'
expect '^988$' "an entry"
pid=$(pane_pid)
close_terminal
gone() { ! kill -0 "$pid" 2>/dev/null; }
wait_until gone
result $? "the session ends with its terminal"
grep -q '987' "$HOME/.probevue_history"
result $? "with the history saved"

# --- pipes ----------------------------------------------------------------------------------------------------------

lines=$'int x;\nx = 5;\n@@BEGIN {\n  printf("x is %d\\n", x);\n}\n.show\nx + \nx * 2\n.foo\n.quit\nx'
got=$("$PROBEVUE" -i <<<"$lines" 2>"$work/err")
result $? "a pipe: exit status"
[[ $got == $'x is 5\n  1  int x;\n  2  @@BEGIN {\n       printf("x is %d\\n", x);\n     }\nint x = 5\n'*'error: expected an expression after `+`'*$'\n10' ]]
result $? "a pipe: the same without a terminal: $got"
[[ $(<"$work/err") == $'probevue: error: there is no command `.foo`\nhint: .help lists them' ]]
result $? "a pipe: errors on standard error"
! grep -q "$esc" <<<"$got"
result $? "a pipe: no colours"
[[ $("$PROBEVUE" -i <<<'@@BEGIN { x = 3;' 2>&1) == *'error: `{` is not closed'* ]]
result $? "a pipe: half a clause is told of"
"$PROBEVUE" -i </dev/null
result $? "a pipe: nothing"
"$PROBEVUE" -i <<<'1+1' >/dev/full 2>"$work/err"
[[ $? == 1 && $(grep -c 'error:' "$work/err") == 1 ]] && grep -q 'cannot write to standard output: No space left' "$work/err"
result $? "a pipe: output that cannot be written"
"$PROBEVUE" -i <<<'1+1' >&- 2>"$work/err"
[[ $? == 1 ]] && grep -q 'cannot write to standard output: Bad file descriptor' "$work/err"
result $? "a pipe: output that is closed"
seq 100000 | "$PROBEVUE" -i 2>"$work/err" | head -n 1 >/dev/null
[[ ${PIPESTATUS[1]} == 0 && ! -s $work/err ]]
result $? "a pipe: the reader leaves"

summary 140
