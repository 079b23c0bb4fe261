#!/usr/bin/env bash
# Functions of the library that need a live process: files behind descriptors, arguments, names, stacks, the tree of
# processes; against stat, findmnt, date and /proc.
source "$(dirname "$0")/network.sh"
system_calls_or_skip

# shows NAME COUNT PATTERN: so many lines of its output match
shows() { [[ $(grep -cE -- "$3" "$work/$1.out") -ge $2 ]]; }

# trace_process NAME COUNT PATTERN PERL: runs $work/NAME.e on a perl program that waits for a line first, and ends when
# so many lines of the output match; the program's id is in $watched
trace_process() {
    mkfifo "$work/$1.go"
    background perl -e 'open(my $go, "<", shift); <$go>;'"$4"'; <$go>' "$work/$1.go" "$work"
    watched=$id
    start "$1" "$work/$1.e" "$watched"
    session=$id
    exec 8>"$work/$1.go"
    echo >&8
    until_true 20 shows "$1" "$2" "$3" || fail "$1: no $2 lines like $3"
    echo >&8
    exec 8>&-
    until_true 20 eval '! kill -0 '"$session"
    wait "$session"
    status=$?
    same "$1: exit status" 0 "$status"
    same "$1: standard error" "" "$(cat "$work/$1.err")"
}

# --- files behind descriptors -----------------------------------------------------------------------------------------

cat >"$work/files.e" <<'VUE'
int write(int fd, char *buf, unsigned long n);
path_t kept;
@@BEGIN { printf("ready\n"); }
@@syscall:$1:write:entry when (__arg1 > 2)
{
    kept = fd_path(__arg1);
    printf("%p|%s|%s|%lld|%lld|%x\n", kept, fd_fname(__arg1), fd_mpath(__arg1), fd_inodeid(__arg1), fpath_inodeid(PATH), fd_ftype(__arg1));
    printf("%d\n", fd_path(__arg1) == kept);
    bytes[kept] += __arg3;
}
@@sysproc:exit:$1 { exit(); }
@@END { print(bytes); }
VUE
sed -i "s|PATH|\"$work/text\"|" "$work/files.e"
trace_process files 2 '^1$' 'open(my $f, ">", "$ARGV[0]/text"); $f->autoflush; print $f "hello"; print $f "again!"'
inode=$(stat -c %i "$work/text")
line="$work/text|text|$(findmnt -n -o TARGET -T "$work")|$inode|$inode|8000"
same "files behind descriptors" "ready
$line
1
$line
1
bytes[$work/text] = 11" "$(cat "$work/files.out")"

# --- arguments, names, values ---------------------------------------------------------------------------------------

cat >"$work/names.e" <<'VUE'
int lseek(int fd, long offset, int whence);
int rmdir(char *path);
@@BEGIN { printf("ready\n"); }
@@syscall:$1:lseek:entry when (__arg2 == 4711) { print_args(); printf("%s %s\n", get_function(), get_probe()); trace(__arg3); }
@@syscall:$1:lseek:exit when (__rv == 4711) { print_args(); }
@@syscallx:$1:*:entry when (__pid == 0) { }
@@syscallx:$1:*:entry { if (get_function() == "rmdir") { group_output_start(); printf("%s ", get_function()); printf("grouped\n"); group_output_end(); } }
@@syscall:$1:rmdir:exit { start_tentative("r"); printf("failed %d\n", __errno); end_tentative("r"); if (__rv < 0) commit_tentative("r"); else discard_tentative("r"); }
@@interval:$1:clock:10000 { }
@@sysproc:exit:$1 { printf("[%s] %s\n", get_function(), get_probe()); exit(); }
VUE
trace_process names 1 '^failed' 'open(my $f, "<", "/etc/passwd"); sysseek($f, 4711, 0); mkdir "$ARGV[0]/d"; rmdir "$ARGV[0]/d"; rmdir "$ARGV[0]/d"'
names=$(sed -E 's/^lseek\([0-9]+, 4711, 0\)$/lseek(FD, 4711, 0)/' "$work/names.out")
same "arguments, names and values" "ready
lseek(FD, 4711, 0)
lseek @@syscall:$watched:lseek:entry
0x00000000
lseek() = 4711
rmdir grouped
rmdir grouped
failed 2
[] @@sysproc:exit:$watched" "$names"

# --- the tree of processes ------------------------------------------------------------------------------------------

cat >"$work/tree.e" <<'VUE'
@@BEGIN { printf("ready\n"); }
@@syscall:$1:chdir:entry { ptree(2); printf("%s|%s\n", __curproc->cwd, __pname); }
@@sysproc:exit:$1 { exit(); }
VUE
trace_process tree 2 '\|perl$' 'chdir "/usr"; chdir "/"'
has "the tree of processes: this test above it" "^ *$$ [0-9]+ " "$(cat "$work/tree.out")"
has "the tree of processes: the process" "^ *$watched $$ perl$" "$(cat "$work/tree.out")"

# --- stacks ---------------------------------------------------------------------------------------------------------

if command -v gcc >/dev/null; then
    cat >"$work/stack.c" <<'C'
#include <unistd.h>
__attribute__((noinline)) void inner(void) { usleep(1000); __asm__ volatile("" ::: "memory"); }
__attribute__((noinline)) void outer(void) { inner(); __asm__ volatile("" ::: "memory"); }
int main(void) { char c; if (read(0, &c, 1) != 1) return 1; for (volatile int i = 0; i < 3; ++i) outer(); return read(0, &c, 1) != 1; }
C
    gcc -O1 -fno-omit-frame-pointer -o "$work/stack" "$work/stack.c"
    cat >"$work/stack.e" <<'VUE'
stktrace_t kept;
@@BEGIN { printf("ready\n"); }
@@uft:$1:stack:inner:entry
{
    kept = get_stktrace(3);
    times[kept]++;
    if (n++ == 0) { printf("%t", kept); printf("raw\n%T", kept); stktrace(PRINT_SYMBOLS, 2); }
}
@@sysproc:exit:$1 { exit(); }
@@END { printf("%d same\n", times[kept]); }
VUE
    mkfifo "$work/in"
    background sh -c "exec '$work/stack' <'$work/in'"
    watched=$id
    exec 7<>"$work/in"
    until_true 10 grep -q '^stack$' "/proc/$watched/comm"
    start stack "$work/stack.e" "$watched"
    session=$id
    echo >&7
    until_true 20 shows stack 8 '^ *0x[0-9a-f]+' || fail "stacks: they do not show"
    echo >&7
    until_true 20 eval '! kill -0 '"$session"
    wait "$session"
    same "stacks: standard error" "" "$(cat "$work/stack.err")"
    same "stacks: functions, addresses, how often" "ready
ADDRESS inner
ADDRESS outer
ADDRESS main
raw
ADDRESS
ADDRESS
ADDRESS
ADDRESS inner
ADDRESS outer
3 same" "$(sed -E 's/0x[0-9a-f]{6,}/ADDRESS/; s/(outer|main)\+0x[0-9a-f]+/\1/; /^$/d' "$work/stack.out")"
fi

cat >"$work/kernel.e" <<'VUE'
@@BEGIN { printf("ready\n"); }
@@syscall:$1:chdir:entry { printf("call\n"); stktrace(PRINT_SYMBOLS, 3); printf("%t", get_stktrace(3)); printf("end\n"); }
@@systrace:$1:sched_switch { if (n++ == 0) { printf("switch\n"); stktrace(PRINT_SYMBOLS, 2); printf("end\n"); } }
@@sysproc:exit:$1 { exit(); }
VUE
trace_process kernel 2 '^end$' 'chdir "/usr"'
has "kernel stacks: the call is among the first frames" ' do_syscall_64\+0x' "$(sed -n '/^call$/,/^end$/p' "$work/kernel.out")"
has "kernel stacks: the switch is in schedule()" '^0x[0-9a-f]+ _*schedule\+0x' "$(sed -n '/^switch$/,/^end$/p' "$work/kernel.out")"
same "kernel stacks: no frames of the tracer" 0 "$(grep -cE ' (bpf_|__bpf_|__traceiter_)' "$work/kernel.out")"
same "kernel stacks: as many frames as were asked for" 8 "$(grep -c '^0x' "$work/kernel.out")"

# --- time -----------------------------------------------------------------------------------------------------------

before=$(date +%s)
said=$("$PROBEVUE" -e '@@BEGIN { set_date_format("%s"); } @@interval:*:clock:100 { printf("%A\n", timestamp()); exit(); }')
after=$(date +%s)
((said >= before && said <= after)) && passed=$((passed + 1)) || fail "%A: $said is not between $before and $after"
conclude
