#!/usr/bin/env bash
# The command on live system calls, processes and functions: what is said where a probe cannot be had, what the flags for
# buffers and notes do, memory of callers, threads; against /proc, tcpdump's arithmetic and the loads.
source "$(dirname "$0")/network.sh"
system_calls_or_skip

# refused NAME STATUS MESSAGE HINT ARGUMENT...: one error, and what to do
refused() {
    local name=$1 want=$2 message=$3 hint=$4 printed
    shift 4
    printed=$(timeout 20 "$@" 2>"$work/said")
    same "$name: exit status" "$want" $?
    same "$name: output" "" "$printed"
    same "$name: errors" 1 "$(grep -c 'error:' "$work/said")"
    has "$name" "$message" "$(cat "$work/said")"
    [[ -z $hint ]] || has "$name: what to do" "hint: $hint" "$(cat "$work/said")"
}

# until_gone ID: the session ends by itself
until_gone() {
    until_true 20 eval '! kill -0 '"$1"
    wait "$1"
    status=$?
}

# --- probes on functions that cannot be had -------------------------------------------------------------------------

begin='@@BEGIN { printf("begin\n"); }'
program=$(command -v perl)
refused "no such program" 2 '^<-e>:1:32: error: there is no program `/usr/bin/no-such-program`$' 'give its path, or a process id' \
    "$PROBEVUE" -e "$begin"' @@uft:/usr/bin/no-such-program:*:main:entry { exit(); }'
refused "no such function" 2 'neither `perl` nor its libraries have a function `no_such_function`$' 'its symbols may have been stripped' \
    "$PROBEVUE" -e "$begin @@uft:$program:*:no_such_function:entry { exit(); }"
refused "a function that is misspelt" 2 '`libc.so.6` has no function `mallocc`$' 'did you mean `malloc`\?' \
    "$PROBEVUE" -e "$begin @@uft:*:libc.so.6:mallocc:entry { exit(); }"
refused "no ELF file" 2 'it is no ELF program or library$' 'of a script, name the program that runs it' \
    "$PROBEVUE" -e "$begin @@uft:$(readlink -f "$0"):*:main:entry { exit(); }"
refused "no such process" 2 'there is no process 4194304$' '' "$PROBEVUE" -e "$begin"' @@uft:4194304:*:main:entry { exit(); }'
nobody=(setpriv --reuid 65534 --clear-groups --bounding-set -all --inh-caps -all)
if "${nobody[@]}" test -x "$PROBEVUE" 2>/dev/null; then
    for probe in "@@uft:$program:*:perl_run:entry" '@@syscall:*:read:entry' '@@sysproc:exit:*' '@@systrace:*:sched_switch' '@@interval:*:clock:100:*'; do
        refused "$probe without privileges" 3 'missing CAP_BPF, CAP_PERFMON' '.*(sudo|setcap)' "${nobody[@]}" "$PROBEVUE" -e "$begin $probe { exit(); }"
    done
fi

# --- memory of the caller of a system call --------------------------------------------------------------------------

cat >"$work/memory.e" <<'VUE'
struct address { unsigned short family; unsigned short port; unsigned char host[4]; };
int connect(int fd, struct address *to, int size);
int rmdir(char *path);
@@BEGIN { printf("ready\n"); }
@@syscall:$1:connect:entry
{
    __auto struct address to;
    copy_userdata(__arg2, to);
    printf("connect %d %d %d.%d.%d.%d, again %d\n", to.family, ntohs(to.port), to.host[0], to.host[1], to.host[2], to.host[3],
           ntohs(__arg2->port));
}
@@syscall:$1:rmdir:entry { printf("rmdir %s, begin %s\n", get_userstring(__arg1, -1), get_userstring(__arg1, 4)); }
@@syscall:$1:rmdir:exit when (__rv < 0) { printf("= %d %d\n", __rv, __errno); }
@@sysproc:exit:$1 { exit(); }
VUE
mkfifo "$work/go"
cat >"$work/memory.pl" <<'PERL'
use IO::Socket::INET;
open(my $go, "<", "$ARGV[0]/go"); <$go>;
IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.3", PeerPort => 4711);
rmdir "/no/such/" . "x" x 60;
PERL
background perl "$work/memory.pl" "$work"
start memory "$work/memory.e" "$id"
echo >"$work/go"
until_gone "$id"
same "memory of the caller: exit status" 0 "$status"
same "memory of the caller: standard error" "" "$(cat "$work/memory.err")"
path=/no/such/$(printf 'x%.0s' {1..60})
same "memory of the caller" "ready
connect 2 4711 192.0.2.3, again 4711
rmdir $path, begin /no/
= -1 2" "$(cat "$work/memory.out")"

# --- clauses on one call --------------------------------------------------------------------------------------------

cat >"$work/order.e" <<'VUE'
@@BEGIN { printf("ready\n"); }
@@syscall:$1:open:entry { printf("1"); }
@@syscall:$1:open:entry { printf("2"); }
@@syscall:$1:write:entry, @@syscall:$1:open:entry { printf("3\n"); }
@@syscallx:$1:openat:entry { calls++; }
@@sysproc:exit:$1 { exit(); }
@@END { printf("%d\n", calls); }
VUE
background perl -e 'open(my $go, "<", shift); <$go>; for (1 .. 50) { open(my $f, "<", "/dev/null"); }' "$work/go"
start order "$work/order.e" "$id"
echo >"$work/go"
until_gone "$id"
same "clauses on one probe point run in the order of the script" "50 50" \
    "$(grep -c '^123$' "$work/order.out") $(tail -n 1 "$work/order.out")"

# --- threads --------------------------------------------------------------------------------------------------------

cat >"$work/threads.e" <<'VUE'
@@BEGIN { printf("ready\n"); }
@@sysproc:threadcreate:$1 { created++; }
@@sysproc:threadterminate:$1 { ended++; if (__tid == __pid) leaders++; }
@@sysproc:exit:$1 { exit(); }
@@END { printf("%d created, %d ended, %d leaders\n", created, ended, leaders); }
VUE
background perl -Mthreads -e 'open(my $go, "<", shift); <$go>; threads->create(sub { 1 })->join for 1 .. 3' "$work/go"
start threads "$work/threads.e" "$id"
echo >"$work/go"
until_gone "$id"
# The first thread ends too, and the script names that before the end of the process.
has "threads of a process" '^3 created, 4 ended, 1 leaders$' "$(cat "$work/threads.out")"

# --- buffers --------------------------------------------------------------------------------------------------------

# burst SIZE: what a session with this buffer sees of 4000 datagrams that come while it is stopped, and what it says it lost
burst() {
    printf '@@BEGIN { printf("ready\\n"); } @@net:bpf:near:udp:"dst port 9" { n++; } @@END { printf("%%d\\n", n); }' >"$work/burst.e"
    start "burst$1" --stats -s "$1" "$work/burst.e"
    session=$id
    kill -STOP "$session"
    perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.3", PeerPort => 9); $s->send("x" x 1000) for 1 .. 4000'
    kill -CONT "$session"
    stop "$session" # what is in the buffer is still taken
    seen=$(tail -n 1 "$work/burst$1.out")
    lost=$(sed -nE 's/^lost_buffer_full: ([0-9]+)$/\1/p' "$work/burst$1.err")
}
burst 16384
same "-s 16384: nothing is lost" "4000 0" "$seen $lost"
burst 64
same "-s 64: seen and lost are all" 4000 $((seen + lost))
((lost > 1000)) && passed=$((passed + 1)) || fail "-s 64: only $lost were lost"
has "-s 64: it is said" "^probevue: warning: $lost lost: .* -s enlarges it" "$(cat "$work/burst64.err")"

# wait_for_line MILLISECONDS: how long after a packet its line is there with -t, in milliseconds
wait_for_line() {
    printf '@@BEGIN { printf("ready\\n"); } @@net:bpf:near:udp:"dst port 9" { printf("seen\\n"); }' >"$work/wait.e"
    start "wait$1" -t "$1" "$work/wait.e"
    session=$id
    local begin=${EPOCHREALTIME/./}
    datagrams 9 1 192.0.2.3
    until_true 10 grep -q seen "$work/wait$1.out"
    waited=$(((${EPOCHREALTIME/./} - begin) / 1000))
    stop "$session"
}
wait_for_line 10
((waited < 700)) && passed=$((passed + 1)) || fail "-t 10: the line came after $waited ms"
wait_for_line 1500
((waited > 900)) && passed=$((passed + 1)) || fail "-t 1500: the line came after $waited ms"

# --- notes ----------------------------------------------------------------------------------------------------------

script='@@net:bpf:lo|near:udp:"port 9" { n++; }
@@syscall:*:open:entry, @@sysproc:exit:* { printf("%d\n", n); }
@@interval:*:clock:100 { exit(); }'
"$PROBEVUE" -g -q info=detail -e "$script" >/dev/null 2>"$work/detail"
has "-q info=detail: packets" '^probevue: note: <-e>:1:1: @@net:bpf:lo\|near:udp:"port 9" through packet socket .*, runs in the engine$' "$(cat "$work/detail")"
has "-q info=detail: system calls" '^probevue: note: <-e>:2:1: @@syscall:\*:open:entry through tracepoint sys_enter, runs in the engine$' "$(cat "$work/detail")"
has "-q info=detail: processes" '^probevue: note: <-e>:2:25: @@sysproc:exit:\* through tracepoint sched_process_' "$(cat "$work/detail")"
has "-q info=detail: privileges" '^probevue: note: privileges: user [0-9]+, capabilities: none$' "$(cat "$work/detail")"
same "-q info=detail: one note a tuple, that of -g, and that of privileges" 6 "$(grep -c '^probevue: note: ' "$work/detail")"
"$PROBEVUE" -g -q info=normal -e "$script" >/dev/null 2>"$work/normal"
same "-q info=normal: that of -g" "1 1" "$(grep -c -e '-g' "$work/normal") $(wc -l <"$work/normal")"
"$PROBEVUE" -g -q info=none -e "$script" >/dev/null 2>"$work/none"
same "-q info=none" "" "$(cat "$work/none")"
conclude
