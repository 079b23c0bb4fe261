#!/usr/bin/env bash
# Profiles: where processors are each millisecond, and who calls what events of the network tell of, against a program
# that says how much time its functions took and how often it connected; folded stacks as tools for flame graphs read them.
source "$(dirname "$0")/network.sh"

compiler=$(command -v cc || command -v gcc || command -v clang) || skip "no C compiler is installed"
"$compiler" -O1 -fno-omit-frame-pointer -o "$work/profile_load" tests/live/profile_load.c

network=$(stat -L -c %i /proc/self/ns/net)
start profile -e '
@@BEGIN { printf("ready\n"); }
@@interval:*:clock:1:* when (__pname == "profile_load") { n[__pname][get_stktrace()]++; whole[get_stktrace(-1, STACK_FUNCTIONS)]++; samples++; }
@@net:tcp:state_change when (__netns == '"$network"' && __cur_state == TCPS_SYN_SENT) { who[get_stktrace()]++; }
@@END { printf("samples %d\n", samples); print(n, PRINT_FOLDED); printf("whole\n"); print(whole); printf("who\n"); print(who, PRINT_FOLDED); }' || conclude
"$work/profile_load" 1.5 20 192.0.2.3 >"$work/said"
stop "$id"
same "exit status" 0 "$status"
same "no messages" "" "$(<"$work/profile.err")"

# folded FUNCTION: samples in it
sed -n '/^samples/,/^whole/p' "$work/profile.out" >"$work/folded"
folded() { awk -v name="$1" '$0 ~ "[;]" name " [0-9]+$" { sum += $NF } END { print sum + 0 }' "$work/folded"; }
share() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%d", 100 * a / (a + b) }'; }
by_program=$(share "$(awk '/^major/ { print $2 }' "$work/said")" "$(awk '/^minor/ { print $2 }' "$work/said")")
by_samples=$(share "$(folded major_work)" "$(folded minor_work)")
same "samples of major_work ($by_samples %) are as many as its time ($by_program %)" yes "$( ((by_samples > by_program - 8 && by_samples < by_program + 8)) && echo yes)"
# Fewer where the machine is short of time; a clock that runs ten times slower is not taken for this one.
samples=$(awk '/^samples/ { print $2 }' "$work/profile.out")
same "$samples samples of 1.5 seconds are more than 500" yes "$( ((samples > 500)) && echo yes)"

# A line: functions joined by `;`, a blank, a number; the program first, those of the kernel marked.
same "lines that are not folded" "" "$(grep -v '^samples\|^whole' "$work/folded" | grep -Ev '^profile_load(;[^;]+)* [0-9]+$')"
has "folded: callers stand before whom they call" '^profile_load;.*main;major_work [0-9]+$' "$(<"$work/folded")"
# Without STACK_FUNCTIONS there would be a key for each instruction.
same "one key for each way to a function" 1 "$(sed -n '/^whole/,/^who/p' "$work/profile.out" | grep -c '^whole\[0x[0-9a-f]* major_work;')"

# Who connected: the program's functions, then the kernel's. The C library makes no frames, so that who called it is left out.
same "connections by who made them" 20 "$(sed -n '/^who/,$p' "$work/profile.out" | awk '/^[^ ]*main;.*tcp_v4_connect_\[k\]/ { sum += $NF } END { print sum + 0 }')"

# Where hooks see packets alone there is no stack: not an empty one in silence.
said=$(timeout 20 "$PROBEVUE" --for 200ms --hook netfilter -e '@@net:tcp:receive { n[get_stktrace()]++; }' 2>&1 >/dev/null)
if [[ $said != *"cannot be had"* ]]; then
    same "one warning where no stack can be had" 1 "$(grep -c 'warning: no stack can be had where ' <<<"$said")"
fi
conclude
