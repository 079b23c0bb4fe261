#!/usr/bin/env bash
# What live sessions keep when they have attached, as /proc tells of them and of each of their threads, and that what they see
# is right without the rest: packets and events by the counts of the kernel, stacks, open files, files that come later, a
# network that is joined, the program of -X, metrics, clauses that are added.
source "$(dirname "$0")/network.sh"
((EUID == 0)) || skip "privileges are given up by root"
unset SUDO_UID SUDO_GID
chmod 755 "$work"

# of ID FIELD: that field of all threads, each value once
of() { cat /proc/"$1"/task/*/status | awk -v field="$2:" '$1 == field { $1 = ""; print }' | sort -u | sed 's/^ //' | paste -sd'|'; }
filter=2
! grep -aq __asan_init "$PROBEVUE" || filter=0
here=$(of $$ CapBnd) # a container may lack some of root's

# mask NAME...: these capabilities, as far as they are there, as /proc writes them
mask() {
    local name sum=0
    for name; do
        case $name in
            chown) ((sum |= 1 << 0)) ;; dac_override) ((sum |= 1 << 1)) ;; dac_read_search) ((sum |= 1 << 2)) ;; fowner) ((sum |= 1 << 3)) ;;
            net_admin) ((sum |= 1 << 12)) ;; net_raw) ((sum |= 1 << 13)) ;; ipc_lock) ((sum |= 1 << 14)) ;; sys_ptrace) ((sum |= 1 << 19)) ;;
            sys_admin) ((sum |= 1 << 21)) ;; sys_resource) ((sum |= 1 << 24)) ;; syslog) ((sum |= 1 << 34)) ;; perfmon) ((sum |= 1 << 38)) ;; bpf) ((sum |= 1 << 39)) ;;
        esac
    done
    printf '%016x' $((sum & 16#$here))
}

# keeps WHAT ID UID CAPABILITY...: these and no more; the session must not end before it is told to
keeps() {
    local what=$1 process=$2 user=$3
    shift 3
    same "$what: user" "$user $user $user $user" "$(of "$process" Uid)"
    same "$what: capabilities" "$(mask "$@")" "$(of "$process" CapPrm)"
    same "$what: those in effect" "$(mask "$@")" "$(of "$process" CapEff)"
    same "$what: others" "0000000000000000|0000000000000000|0000000000000000" "$(of "$process" CapInh)|$(of "$process" CapAmb)|$(of "$process" CapBnd)"
    same "$what: gains none" 1 "$(of "$process" NoNewPrivs)"
    same "$what: calls are filtered" $filter "$(of "$process" Seccomp)"
}
# without NAME: its messages
quiet() { same "$1: messages" "" "$(<"$work/$1.err")"; }

# --- packets -----------------------------------------------------------------------------------------------------------
know_neighbours
start packets -e '@@BEGIN { printf("ready\n"); } @@net:bpf:near:udp:"dst port 9" { n++; from[__ip4hdr->src_addr]++; } @@END { printf("%d\n", n); print(from); }'
keeps packets "$id" 65534
same "packets: groups" "" "$(of "$id" Groups)"
before=$(taken in_far)
datagrams 9 20 192.0.2.3 192.0.2.3 192.0.2.3 192.0.2.3 192.0.2.3
until_true 20 have_come $((before + 5)) in_far
stop "$id"
same "packets: as many as have arrived" "$(($(taken in_far) - before))" "$(sed -n 2p "$work/packets.out")"
same "packets: exit status" 0 "$status"
quiet packets

SUDO_UID=1234 SUDO_GID=4321 start sudo -e '@@BEGIN { printf("ready\n"); } @@net:bpf:near:udp:"dst port 9" { n++; }'
keeps "behind sudo" "$id" 1234
stop "$id"
quiet sudo

# Interfaces that come later, by `any`.
start later -e '@@BEGIN { printf("ready\n"); } @@net:bpf:any:udp:"dst port 7777" { n++; exit(); } @@END { printf("%d\n", n); }'
keeps "any interface" "$id" 65534
ip link add later0 type veth peer name later1 && ip link set later1 up && ip address add 198.51.100.1/24 dev later0 && ip link set later0 up
ip neighbour replace 198.51.100.2 lladdr 02:00:00:00:00:01 dev later0 nud permanent
datagrams 7777 10 198.51.100.2
until_true 30 grep -q '^1$' "$work/later.out" || fail "nothing is seen of an interface that came later: $(<"$work/later.err")"
stop "$id"
ip link del later0

# Another network: its interfaces and addresses are asked for without entering it again.
mkdir -p "$work/net"
start joined --netns /proc/"$far"/ns/net -e '@@BEGIN { printf("ready\n"); } @@net:bpf:far:udp:"dst port 9" { n++; exit(); } @@END { printf("%d\n", n); }'
keeps "another network" "$id" 65534
datagrams 9 20 192.0.2.3
until_true 30 grep -q '^1$' "$work/joined.out" || fail "nothing is seen in another network: $(<"$work/joined.err")"
stop "$id"

# --- events of the kernel ----------------------------------------------------------------------------------------------
network=$(stat -L -c %i /proc/self/ns/net)
events_or_skip() {
    timeout 20 "$PROBEVUE" -e '@@BEGIN { exit(); } @@net:tcp:state_change { n++; }' >/dev/null 2>"$work/try"
    [[ $? != 3 ]] || { echo "no events here: $(head -n 1 "$work/try")"; conclude; }
}
events_or_skip
serve in_far 80
# Counted in the kernel, fetched each tenth of a second.
start events -e '@@BEGIN { printf("ready\n"); } @@net:tcp:state_change when (__netns == '"$network"' && __cur_state == TCPS_SYN_SENT) { n++; by[__pname]++; }
@@interval:*:clock:100 { if (n == 10) printf("ten\n"); } @@END { printf("%d\n", n); print(by); }'
keeps events "$id" 65534
for i in 1 2 3 4 5 6 7 8 9 10; do ask 192.0.2.3 80 >/dev/null; done
until_true 30 grep -q ten "$work/events.out" || fail "no ten connections while the session is live"
stop "$id"
same "events: ten connections" "10|by[perl] = 10" "$(grep -v 'ready\|ten' "$work/events.out" | paste -sd'|')"
quiet events

# Whose packets are, in another network.
start owners --netns /proc/"$far"/ns/net -e '@@BEGIN { printf("ready\n"); } @@net:bpf:far:tcp:"src port 80" when (__owner->pid != 0) { printf("of %s\n", __owner->name); exit(); }'
if [[ -s $work/owners.out ]]; then
    keeps "owners" "$id" 65534
    until_true 30 eval 'ask 192.0.2.3 80 >/dev/null; grep -q "^of perl$" "$work/owners.out"' || fail "owners of packets: $(<"$work/owners.out")$(<"$work/owners.err")"
    stop "$id"
fi

# --- other processes, and the kernel's functions -------------------------------------------------------------------------
compiler=$(command -v cc || command -v gcc || command -v clang) || compiler=
if [[ -n $compiler ]]; then
    mkdir "$work/closed"
    "$compiler" -O1 -fno-omit-frame-pointer -o "$work/closed/profile_load" tests/live/profile_load.c
    chmod 700 "$work/closed" # its file is found by way of the process
    start stacks -e '@@BEGIN { printf("ready\n"); }
    @@net:tcp:state_change when (__netns == '"$network"' && __cur_state == TCPS_SYN_SENT) { who[get_stktrace()]++; } @@END { print(who, PRINT_FOLDED); }'
    keeps stacks "$id" 65534 dac_read_search sys_ptrace syslog
    "$work/closed/profile_load" 0.1 5 192.0.2.3 >/dev/null
    stop "$id"
    same "functions of the program and of the kernel" 5 "$(awk '/^[^ ]*main;.*tcp_v4_connect_\[k\]/ { sum += $NF } END { print sum + 0 }' "$work/stacks.out")"
    quiet stacks
fi
# Of a process of another user: where it works, which its descriptors are. Its directories are closed to others.
mkdir "$work/roots"
chmod 700 "$work/roots"
(cd "$work/roots" && exec perl -e '$| = 1; open(my $file, "<", "/dev/null"); print "open\n"; sleep 600') >"$work/holder" 9</dev/null &
holder=$!
started+=("$holder")
until_true 20 grep -q open "$work/holder" || fail "no other process"
highest=$(ls /proc/"$holder"/fd | sort -n | tail -n 1)
start processes -e 'String where[1024]; int highest; @@BEGIN { printf("ready\n"); }
@@interval:*:clock:500 { get_cwd('"$holder"', where); get_ublock('"$holder"', MAXFD, highest); printf("%s %d\n", where, highest); }'
keeps processes "$id" 65534 dac_read_search sys_ptrace
until_true 30 grep -q "^/" "$work/processes.out" || fail "nothing of another process: $(<"$work/processes.err")"
stop "$id"
same "another process" "$work/roots $highest" "$(sed -n 2p "$work/processes.out")"
quiet processes

# --- files that come later ---------------------------------------------------------------------------------------------
cat >"$work/all.e" <<'E'
@@BEGIN { printf("ready\n"); }
@@net:bpf:near:udp:"dst port 9" { n++; }
@@END { printf("%d\n", n); }
E
start rotating -w "$work/roots/part" -C 1k "$work/all.e"
keeps "files of a size" "$id" 0 chown dac_override fowner
before=$(taken in_far)
datagrams 9 900 192.0.2.3 192.0.2.3 192.0.2.3 192.0.2.3 192.0.2.3 192.0.2.3
until_true 20 have_come $((before + 6)) in_far
stop "$id"
same "files of a size: packets" 6 "$(sed -n 2p "$work/rotating.out")"
same "files of a size: several" yes "$( (($(ls "$work/roots" | wc -l) > 2)) && echo yes)"
same "files of a size: in all of them" 6 "$(for file in "$work"/roots/part*; do tcpdump -Z root -nn -r "$file" 2>/dev/null; done | wc -l)"
quiet rotating

sed 's/printf("ready\\n");/eprintf("ready\\n");/' "$work/all.e" >"$work/gathers.e"
"$PROBEVUE" --state-out "$work/roots/state.pvs" --every 1s "$work/gathers.e" >/dev/null 2>"$work/state.err" &
id=$!
started+=("$id")
until_true 60 test -s "$work/roots/state.pvs" || fail "no state comes: $(<"$work/state.err")"
keeps "states" "$id" 0 chown dac_override fowner
stop "$id"
same "states: exit status" 0 "$status"

# --- the program of -X, metrics ------------------------------------------------------------------------------------------
cat >"$work/child" <<'SH'
#!/bin/sh
grep -E '^(Uid|CapEff|NoNewPrivs|Seccomp):' /proc/self/status >"$1"
exec sleep 60 # until the test ends it
SH
chmod +x "$work/child"
start child -X "$work/child" -A "$work/of_child" -e '@@BEGIN { printf("ready\n"); } @@net:bpf:near:udp:"dst port 9" { n++; }'
keeps "-X" "$id" 65534
until_true 20 grep -q NoNewPrivs "$work/of_child" || fail "the program of -X does not run: $(<"$work/child.err")"
until_true 20 grep -q Seccomp: "$work/of_child"
same "the program of -X is what it would be without us" "$(grep -E '^(Uid|CapEff|NoNewPrivs|Seccomp):' /proc/self/status)" "$(<"$work/of_child")"
kill "$(pgrep -P "$id")" 2>/dev/null
stop "$id"

start metrics --metrics 127.0.0.1:0 --textfile "$work/roots" "$work/all.e"
keeps metrics "$id" 0 chown dac_override fowner
port=$(sed -n 's|.*metrics at http://127.0.0.1:\([0-9]*\)/.*|\1|p' "$work/metrics.err")
answer=$(perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => shift) or die; print $s "GET /metrics HTTP/1.0\r\n\r\n"; local $/; print <$s>;' "$port")
has "metrics are served" 'probevue_up 1|up.* 1' "$answer"
until_true 30 test -s "$work/roots/all.prom" || fail "no text file comes"
stop "$id"
start served --metrics 127.0.0.1:0 "$work/all.e"
keeps "metrics without files" "$id" 65534
stop "$id"

# --- the session: clauses come later ---------------------------------------------------------------------------------------
mkfifo "$work/session.pipe"
"$PROBEVUE" -i <"$work/session.pipe" >"$work/session.out" 2>"$work/session.err" &
id=$!
started+=("$id")
exec 9>"$work/session.pipe"
echo '@@BEGIN { printf("ready\n"); }' >&9
until_true 60 grep -q ready "$work/session.out" || fail "the session does not start: $(<"$work/session.err")"
keeps "the session" "$id" 0 chown dac_override dac_read_search fowner net_admin net_raw ipc_lock sys_ptrace sys_admin sys_resource syslog perfmon bpf
echo '@@net:tcp:state_change when (__netns == '"$network"' && __cur_state == TCPS_SYN_SENT) { connected++; printf("connection\n"); }' >&9
until_true 60 eval 'ask 192.0.2.3 80 >/dev/null; grep -q connection "$work/session.out"' || fail "a clause that came later sees nothing: $(<"$work/session.err")"
exec 9>&-
until_true 30 eval '! kill -0 "$id"' || fail "the session does not end with its input"
conclude
