#!/usr/bin/env bash
# System calls, processes and profiles, against what strace, /proc and the shell itself say of the same programs.
source "$(dirname "$0")/network.sh"
command -v strace >/dev/null || skip "strace is not installed"
timeout 20 bash -c true || skip "no timeout command"
system_calls_or_skip
# The counts of strace's -c, and of ours; the child's own calls before it becomes the program are left out.
counted='@@syscallx:$__CPID:execve:entry { on = 1; }
@@syscallx:$__CPID:*:entry when (on == 1) { n[get_function()]++; }
@@sysproc:exit:$__CPID { exit(); }
@@END { print(n); }'

# --- counts -------------------------------------------------------------------------------------------------------
seq 1 20000 | sort -R --random-source=<(yes) >"$work/numbers"
strace -qq -c -U calls,name -o "$work/strace" sort -n -o /dev/null "$work/numbers"
sed -nE 's/^ *([0-9]+) +([a-z0-9_]+)$/n[\2] = \1/p' "$work/strace" | grep -v total | sort >"$work/want"
timeout 60 "$PROBEVUE" -X "$(command -v sort)" -A "-n -o /dev/null $work/numbers" -e "$counted" 2>"$work/err" | sort >"$work/got"
same "counts of system calls: standard error" "" "$(cat "$work/err")"
# What a thread waits for depends on who is faster; strace counts calls when they return, and exit_group does not.
same "counts of system calls" "$(grep -v futex "$work/want")" "$(grep -vE 'futex|exit_group' "$work/got")"
[[ $(wc -l <"$work/want") -gt 8 ]] || fail "strace counted only $(wc -l <"$work/want") sorts of calls"

# --- arguments and results ----------------------------------------------------------------------------------------
head -c 100000 /dev/zero >"$work/zeros"
strace -qq -s0 -o "$work/strace" -e trace=read,openat,close cat "$work/zeros" "$work/absent" >/dev/null 2>&1
sed -nE -e 's/^read\(([0-9]+), .*, ([0-9]+)\) += (-?[0-9]+).*/read \1 \2 = \3 0/p' \
    -e 's/^close\(([0-9]+)\) += (-?[0-9]+).*/close \1 = \2/p' \
    -e 's/^openat\(.*\) += ([0-9]+).*/open = \1 0/p' -e 's/^openat\(.*\) += -1 ENOENT.*/open = -1 2/p' "$work/strace" >"$work/want"
cat >"$work/calls.e" <<'VUE'
long read(int fd, char *buffer, unsigned long size);
int open(char *path, int flags, int mode);
int close(int fd);
__thread int descriptor;
__thread unsigned long size;
@@syscallx:$__CPID:execve:entry { on = 1; }
@@syscall:$__CPID:read:entry when (on == 1) { descriptor = __arg1; size = __arg2 == 0 ? 0 : __arg3; }
@@syscall:$__CPID:read:exit when (on == 1) { printf("read %d %lu = %ld %d\n", descriptor, size, __rv, __errno); }
@@syscall:$__CPID:open:exit when (on == 1) { printf("open = %d %d\n", __rv, __errno); }
@@syscall:$__CPID:close:entry when (on == 1) { descriptor = __arg1; }
@@syscall:$__CPID:close:exit when (on == 1) { printf("close %d = %d\n", descriptor, __rv); }
@@sysproc:exit:$__CPID { exit(); }
VUE
timeout 60 "$PROBEVUE" -o "$work/got" -X "$(command -v cat)" -A "$work/zeros $work/absent" "$work/calls.e" >/dev/null 2>"$work/err"
same "arguments and results" "$(cat "$work/want")" "$(cat "$work/got")"
grep -q "open = -1 2" "$work/want" && grep -qE 'read [0-9]+ 131072 = 100000 0' "$work/want" || fail "strace saw something else: $(cat "$work/want")"

# --- the first argument of open() is the path, whatever the call of the kernel ---------------------------------------
cat >"$work/flags.e" <<'VUE'
int open(char *path, int flags, int mode);
int openat(int directory, char *path, int flags, int mode);
@@syscall:$__CPID:open:entry when (__pname == "touch") { printf("open %d\n", __arg2 & 0x40); }
@@syscallx:$__CPID:openat:entry when (__pname == "touch") { printf("openat %d %d\n", __arg1, __arg3 & 0x40); }
@@sysproc:exit:$__CPID { exit(); }
VUE
timeout 60 "$PROBEVUE" -X "$(command -v touch)" -A "$work/touched" "$work/flags.e" >"$work/got" 2>"$work/err"
same "open and openat: the file that touch makes" "open 64
openat -100 64" "$(tail -2 "$work/got" | sort)"

# --- processes ----------------------------------------------------------------------------------------------------
cat >"$work/family.sh" <<'SH'
exec 2>/dev/null # the shell may tell of the child that it kills
/bin/true
/bin/false
(exit 7)
trap : USR1
kill -USR1 $$
sleep 30 & # a child that is killed when it has become that program; the loop starts none
until read -r name <"/proc/$!/comm" && [[ $name == sleep ]]; do :; done
kill -9 $!
wait
exit 3
SH
cat >"$work/family.e" <<'VUE'
@@sysproc:threadcreate:* when (__pid == $__CPID) { created++; }
@@sysproc:execpass:* when (__ppid == $__CPID) { run[__execpassinfo->cmdname]++; }
@@sysproc:exit:* when (__ppid == $__CPID) { ended[__exitinfo->returnval][__exitinfo->signo]++; }
@@sysproc:sendsig:$__CPID { signals[__sigsendinfo->signo][__sigsendinfo->spid == $__CPID][__sigsendinfo->tpid == $__CPID]++; }
@@sysproc:exit:$__CPID when (__pid == $__CPID) { printf("%d %d\n", __exitinfo->returnval, __exitinfo->signo); exit(); }
@@END { printf("%d\n", created); print(run); print(ended); print(signals); }
VUE
timeout 60 "$PROBEVUE" -X /bin/bash -A "$work/family.sh" "$work/family.e" >"$work/got" 2>"$work/err"
same "a family of processes: standard error" "" "$(cat "$work/err")"
# SIGCHLD (17) comes from each child.
same "a family of processes" "3 0
4
run[false] = 1
run[sleep] = 1
run[true] = 1
ended[0, 0] = 1
ended[0, 9] = 1
ended[1, 0] = 1
ended[7, 0] = 1
signals[9, 1, 0] = 1
signals[10, 1, 1] = 1
signals[17, 0, 1] = 4" "$(cat "$work/got")"

# --- what is known of the process -----------------------------------------------------------------------------------
mkfifo "$work/never"
chmod 755 "$work" && chmod 666 "$work/never"
cat >"$work/idle.sh" <<'SH'
exec 3<>"$1"
cd /usr
trap : USR2
while :; do read -r -t 0.1 -u 3; done
SH
nice -n 5 setpriv --reuid 65534 --regid 65533 --clear-groups bash "$work/idle.sh" "$work/never" 2>/dev/null &
idle=$!
started+=("$idle")
# It waits: all that comes before has been done.
is_idle() { [[ $(readlink "/proc/$idle/cwd") == /usr ]] && (((16#$(sed -n 's/^SigCgt:\s*//p' "/proc/$idle/status") >> 11 & 1) == 1)); }
until_true 20 is_idle || fail "the idle process does not get there"
fields='@@syscall:PID:select:entry
{
    printf("pid %d tid %d ppid %d pgid %d\n", __pid, __tid, __ppid, __pgid);
    printf("name %s uid %u euid %u kernel %d\n", __pname, __uid, __euid, __kernelmode);
    printf("proc %d %d %d %d %d %d\n", __curproc->pid, __curproc->ppid, __curproc->pgid, __curproc->uid, __curproc->suid, __curproc->nice);
    printf("pri %d threads %d size %d cwd %s\n", __curproc->pri - 100, __curproc->threadcount, __curproc->size, __curproc->cwd);
    printf("mask %llx pending %llx\n", __curthread->sigmask, __curproc->sigpend);
    printf("text %lld %lld stack %lld\n", __ublock->text, __ublock->tsize, __ublock->stack);
    printf("data %lld %lld\n", __ublock->data, __ublock->sdata);
    printf("ids %d %d %d %d wide %d\n", __ublock->euid, __ublock->uid, __ublock->egid, __ublock->gid, __ublock->is64u);
    printf("thread %d %d policy %d state %d\n", __curthread->tid, __curthread->pid, __curthread->policy, __curthread->threadstate);
    printf("faults %d began %d times %d\n", __curproc->majflt, __curproc->forktime >= BEGAN - 1 and __curproc->forktime <= BEGAN + 1,
           __ublock->utime + __ublock->stime < 5);
    printf("tracer %d\n", __trcid != __pid and __trcid > 0);
    exit();
}'
read -ra stat <<<"$(sed 's/.*) //' "/proc/$idle/stat")" # from field 3 on
status_of() { sed -nE "s/^$1:\s+(.*)/\1/p" "/proc/$idle/status"; }
began=$(($(sed -n 's/^btime //p' /proc/stat) + stat[19] / $(getconf CLK_TCK)))
fields=${fields//PID/$idle}
timeout 30 "$PROBEVUE" -e "${fields//BEGAN/$began}" >"$work/got" 2>"$work/err"
same "fields of a process: standard error" "" "$(cat "$work/err")"
read -r uid _ suid _ <<<"$(status_of Uid)"
read -r gid _ _ _ <<<"$(status_of Gid)"
# A page that was given up is read anew at any time: its count lies between the kernel's before and after.
faults=$(sed -n 's/^faults \([0-9]*\) .*/\1/p' "$work/got")
read -ra later <<<"$(sed 's/.*) //' "/proc/$idle/stat")"
((stat[9] <= ${faults:--1} && ${faults:--1} <= later[9])) ||
    fail "major faults: '$faults', where the kernel counted ${stat[9]} before and ${later[9]} after"
same "fields of a process" "pid $idle tid $idle ppid ${stat[1]} pgid ${stat[2]}
name $(cat "/proc/$idle/comm") uid $uid euid $uid kernel 1
proc $idle ${stat[1]} ${stat[2]} $uid $suid ${stat[16]}
pri ${stat[15]} threads ${stat[17]} size $(cut -d' ' -f1 "/proc/$idle/statm") cwd /usr
mask $(status_of SigBlk | sed 's/^0*\(.\)/\1/') pending $(status_of ShdPnd | sed 's/^0*\(.\)/\1/')
text ${stat[23]} $((stat[24] - stat[23])) stack ${stat[25]}
data ${stat[42]} $((stat[43] - stat[42]))
ids $uid $uid $gid $gid wide 1
thread $idle $idle policy ${stat[38]} state 0
faults $faults began 1 times 1
tracer 1" "$(cat "$work/got")"

# A number selects in the kernel: no other process' event comes out of it, and none is lost.
timeout 30 "$PROBEVUE" --stats -e "@@syscallx:$idle:*:entry when (__pid != $idle) { exit(); } @@interval:*:clock:1000 { exit(); }" \
    >"$work/got" 2>"$work/stats"
same "a number selects in the kernel" "1" "$(sed -n 's/^matched: //p' "$work/stats")"
# The tracer is not among all.
timeout 30 "$PROBEVUE" -e '@@syscallx:*:*:entry when (__pid == __trcid) { n++; } @@interval:*:clock:1000 { printf("%d\n", n); exit(); }' \
    >"$work/got" 2>&1
same "the tracer's own calls" "0" "$(cat "$work/got")"

# --- profiles -----------------------------------------------------------------------------------------------------
cat >"$work/spin.sh" <<'SH'
for ((i = 0; i < 400000; ++i)); do :; done
times >"$1"
SH
profile='@@interval:$__CPID:clock:5 { n++; } @@sysproc:exit:$__CPID { printf("%d\n", n); exit(); }'
timeout 120 "$PROBEVUE" -X /bin/bash -A "$work/spin.sh $work/times" -e "$profile" >"$work/got" 2>"$work/err"
same "a profile: standard error" "" "$(cat "$work/err")"
used=$(head -1 "$work/times" | tr 'ms' '  ' | awk '{ print int(1000 * (60 * ($1 + $3) + $2 + $4)) }')
samples=$(cat "$work/got")
# Times are kept to the millisecond by the shell, and the program ends a little later.
((samples * 5 >= used * 95 / 100 - 20 && samples * 5 <= used * 105 / 100 + 20)) ||
    fail "a profile: $samples samples of 5 ms in $used ms of processor time"
((used > 200)) || fail "the program ran for $used ms only"

# --- what is refused ----------------------------------------------------------------------------------------------
said=$(timeout 20 "$PROBEVUE" -e '@@syscall:999999999:read:entry { exit(); }' 2>&1)
same "no such process: exit status" 2 $?
has "no such process" '^<-e>:1:1: error: there is no process 999999999$' "$said"
said=$(timeout 20 "$PROBEVUE" -e '@@systrace:*:sched_swich { exit(); }' 2>&1)
same "no such tracepoint: exit status" 3 $?
has "no such tracepoint" 'no tracepoint `sched_swich`' "$said"
has "no such tracepoint: what was meant" 'did you mean `sched_switch`' "$said"
said=$(timeout 20 "$PROBEVUE" -e '@@systrace:*:sched_process_fork { printf("%d\n", __arg7); }' 2>&1)
has "an argument that is not there" 'the tracepoint `sched_process_fork` has 2 arguments' "$said"
said=$(timeout 20 "$PROBEVUE" -e '@@interval:*:clock:100:8000 { exit(); }' 2>&1)
same "no such processor: exit status" 2 $?
has "no such processor" 'there is no processor 8000' "$said"

# --- lists --------------------------------------------------------------------------------------------------------
same "-l: calls by a pattern" "@@syscall:*:readahead:entry @@syscall:*:readahead:exit" \
    "$("$PROBEVUE" -l '@@syscall:*:readah*' | awk '{ print $1 }' | xargs)"
has "-l: tracepoints" '@@systrace:\*:sched_switch ' "$("$PROBEVUE" -l systrace)"
has "-l -v: the hook" 'tracepoint sys_enter' "$("$PROBEVUE" -l -v '@@syscallx:*:read:entry')"
conclude
