#!/usr/bin/env bash
# System calls that many tuples mean, each its own way: one event, in the order of the text, live and replayed; and calls
# of 32-bit programs, which no tuple is for.
source "$(dirname "$0")/network.sh"
timeout 20 bash -c true || skip "no timeout command"
command -v c++ >/dev/null || skip "there is no compiler"
[[ $(uname -m) == x86_64 ]] || skip "system calls are traced on x86-64 only"
system_calls_or_skip

cat >"$work/calls.cpp" <<'CPP'
// calls OPENS PATH COMPATIBLE FILE: writes its number to the file; so many openat() of the path, then so many calls in
// the convention of 32-bit programs.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

int main(int, char** argv) {
    if (std::FILE* const number = std::fopen(argv[4], "w"); number != nullptr) {
        std::fprintf(number, "%d\n", getpid());
        std::fclose(number);
    }
    for (int left = std::atoi(argv[1]); left > 0; --left)
        close(static_cast<int>(syscall(SYS_openat, AT_FDCWD, argv[2], O_RDONLY)));
    for (int left = std::atoi(argv[3]); left > 0; --left) {
        long result = 20;  // getpid, whose number is that of writev in 64-bit programs
        __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
        if (result != getpid()) return 1;
    }
    return 0;
}
CPP
c++ -O1 -o "$work/calls" "$work/calls.cpp" || fail "the program of the test does not compile"
# A replay has no child: its number goes in by hand.
replay() { # replay FILE SCRIPT
    sed "s/\$__CPID/$(cat "$work/child")/g" "$2" >"$work/replay.e"
    "$PROBEVUE" -r "$1" "$work/replay.e"
}
trace() { timeout 60 "$PROBEVUE" -X "$work/calls" -A "$1 $work/child" "${@:2}"; } # trace ARGUMENTS FLAG...

# --- tuples that count arguments in different ways ------------------------------------------------------------------
echo content >"$work/path"
cat >"$work/order.e" <<'VUE'
int open(char *path, int flags, int mode);
int openat(int directory, char *path, int flags, int mode);
@@syscallx:$__CPID:openat:entry when (__pname == "calls") { printf("1 openat %d %s\n", __arg1, get_userstring(__arg2, -1)); }
@@syscall:$__CPID:open:entry when (__pname == "calls") { printf("2 open %s %d\n", get_userstring(__arg1, -1), __arg2); }
@@syscallx:$__CPID:*:entry when (__pname == "calls") { if (get_function() == "openat") printf("3 any\n"); }
@@syscall:$__CPID:open:entry when (__pname == "calls" && __arg2 == 0) { printf("4 open %d\n", __arg2); }
@@syscallx:$__CPID:openat:entry when (__pname == "calls" && __arg3 == 0) { printf("5 openat %d\n", __arg3); }
@@sysproc:exit:$__CPID { exit(); }
VUE
trace "50 $work/path 0" -w "$work/order.pcapng" -o "$work/live" "$work/order.e" 2>"$work/err"
same "order of the text: standard error" "" "$(cat "$work/err")"
# What the program itself opens; the loader's calls, before it, have other flags.
opened=$(printf '1 openat -100 %s\n2 open %s 0\n3 any\n4 open 0\n5 openat 0\n' "$work/path" "$work/path")
same "order of the text, recorded" "$(for ((i = 0; i < 50; i++)); do echo "$opened"; done)" "$(tail -n 250 "$work/live")"
replay "$work/order.pcapng" "$work/order.e" >"$work/replayed" 2>"$work/err"
same "order of the text, replayed" "$(cat "$work/live")" "$(cat "$work/replayed")"
trace "50 $work/path 0" -o "$work/live" "$work/order.e" 2>"$work/err"
same "order of the text, not recorded" "$(for ((i = 0; i < 50; i++)); do echo "$opened"; done)" "$(tail -n 250 "$work/live")"

# --- several events at one place of the kernel ----------------------------------------------------------------------
for order in "threadterminate exit" "exit threadterminate"; do
    for event in $order; do echo "@@sysproc:$event:\$__CPID { printf(\"$event\\n\"); n++; }"; done >"$work/place.e"
    echo '@@systrace:*:sched_process_exit when (__pid == $__CPID) { printf("tracepoint\n"); exit(); }' >>"$work/place.e"
    for flags in "" "-w $work/place.pcapng"; do
        trace "1 $work/path 0" $flags "$work/place.e" >"$work/live" 2>"$work/err"
        same "order of the text at the end of a process: $order $flags" "$order tracepoint " "$(tr '\n' ' ' <"$work/live")"
    done
    replay "$work/place.pcapng" "$work/place.e" >"$work/replayed" 2>"$work/err"
    same "order of the text at the end of a process, replayed: $order" "$order tracepoint " "$(tr '\n' ' ' <"$work/replayed")"
done

cat >"$work/function.e" <<'VUE'
@@uft:$__CPID:*:/^mai.$/:entry { printf("1 "); }
@@uft:$__CPID:*:main:entry { printf("2\n"); exit(); }
VUE
same "order of the text at a function" "1 2" "$(trace "1 $work/path 0" "$work/function.e" 2>&1)"

# --- more tuples than a record has bits for -------------------------------------------------------------------------
for tuples in 63 64 200; do
    {
        echo 'int open(char *path, int flags, int mode);'
        echo 'int openat(int directory, char *path, int flags, int mode);'
        echo 'int close(int descriptor);'
        for ((i = 1; i <= tuples; i++)); do
            case $((i % 4)) in # clauses of calls that nobody makes are for nothing
            0) echo "@@syscall:\$__CPID:open:entry when (__pname == \"calls\" && __arg2 == 0) { n[$i]++; }" ;;
            1) echo "@@syscallx:\$__CPID:openat:entry when (__pname == \"calls\" && __arg3 == 0) { n[$i]++; }" ;;
            2) echo "@@syscallx:*:mknodat:entry when (__pid == \$__CPID) { n[$i]++; }" ;; # of whatever process
            3) echo "@@syscallx:\$__CPID:close:entry when (__arg1 == 4711) { n[$i]++; }" ;;
            esac
        done
        echo '@@sysproc:exit:$__CPID { exit(); }'
        echo '@@END { print(n); }'
    } >"$work/many.e"
    # Besides its own, the program makes the loader's calls, with other flags: O_CLOEXEC.
    want=$(for ((i = 1; i <= tuples; i++)); do ((i % 4 > 1)) || echo "n[$i] = 30"; done)
    trace "30 $work/path 0" -w "$work/many.pcapng" "$work/many.e" >"$work/live" 2>"$work/err"
    same "$tuples tuples, recorded" "$want" "$(cat "$work/live")"
    same "$tuples tuples, recorded: standard error" "" "$(cat "$work/err")"
    replay "$work/many.pcapng" "$work/many.e" >"$work/replayed" 2>"$work/err"
    same "$tuples tuples, replayed" "$want" "$(cat "$work/replayed")"
    trace "30 $work/path 0" "$work/many.e" >"$work/live" 2>"$work/err"
    same "$tuples tuples" "$want" "$(cat "$work/live")"
    # Each call stands in the recording once.
    cat >"$work/once.e" <<'VUE'
int openat(int directory, char *path, int flags, int mode);
@@syscallx:*:openat:entry when (__arg3 == 0) { n++; }
@@END { printf("%d\n", n); }
VUE
    same "$tuples tuples: calls in the recording" 30 "$("$PROBEVUE" -r "$work/many.pcapng" "$work/once.e" 2>/dev/null)"
done

# --- calls of 32-bit programs ---------------------------------------------------------------------------------------
if "$work/calls" 0 "$work/path" 1 "$work/child" 2>/dev/null; then
    said='system calls of 32-bit programs cannot be shown, since their numbers and arguments are others'
    cat >"$work/counted.e" <<'VUE'
@@syscallx:$__CPID:writev:entry when (__pname == "calls") { n++; }
@@sysproc:exit:$__CPID { exit(); }
@@END { printf("%d\n", n); }
VUE
    trace "3 $work/path 700" --stats "$work/counted.e" >"$work/out" 2>"$work/err"
    same "32-bit calls: exit status" 0 $?
    same "32-bit calls are no others" 0 "$(cat "$work/out")"
    has "32-bit calls: the warning" "warning: 700 lost: $said" "$(cat "$work/err")"
    has "32-bit calls: the figure" "^ *lost_calls_32bit:? +700\$" "$(cat "$work/err")"
    trace "3 $work/path 700" --format json --stats "$work/counted.e" >"$work/out" 2>"$work/err"
    has "32-bit calls: the figure in JSON" '"lost_calls_32bit","value":700' "$(tail -n 1 "$work/out")"
    trace "3 $work/path 700" --fail-on-loss -w "$work/compatible.pcapng" "$work/counted.e" >"$work/out" 2>"$work/err"
    same "32-bit calls, --fail-on-loss" 4 $?
    has "32-bit calls, replayed" "700 events and 0 packets were lost when it was recorded" \
        "$(replay "$work/compatible.pcapng" "$work/counted.e" 2>&1)"
    trace "3 $work/path 700" --fail-on-loss -e '@@syscallx:1:writev:entry { n++; }
@@sysproc:exit:$__CPID { exit(); }' >"$work/out" 2>"$work/err"
    same "32-bit calls of a process that no tuple names" "0 " "$? $(cat "$work/err")"
    trace "3 $work/path 0" --fail-on-loss "$work/counted.e" >"$work/out" 2>"$work/err"
    same "no 32-bit calls" "0 " "$? $(cat "$work/err")"
else
    echo "left out: this kernel runs no 32-bit programs"
fi

conclude
