#!/usr/bin/env bash
# Functions of the kernel (@@kft), by name and by pattern, against what the test's own system calls do there. Kernels
# without kprobes refuse them by name.
source "$(dirname "$0")/network.sh"

said=$("$PROBEVUE" -e 'int n; @@kft:inet_stream_connect:entry { n++; } @@BEGIN { exit(); }' 2>&1)
if [[ $? == 3 ]]; then
    # What this kernel cannot give is said before anything else.
    has "what the kernel lacks" 'cannot be had on this kernel: kprobe: ' "$said"
    [[ $failed == 0 ]] || conclude
    skip "$(head -n 1 <<<"$said")"
fi

serve 7000
# connects COUNT PORT: so many connections to this machine, one after the other
connects() {
    perl -MIO::Socket::INET -e '
        my ($count, $port) = @ARGV;
        for (1 .. $count) { my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port); close $s if $s; }
    ' "$@"
}
# As the kernel calls who runs it: 15 characters of the file's name, or of the link's.
name=$(perl -e 'open my $own, "<", "/proc/self/comm"; print scalar <$own>')

cat >"$work/functions.e" <<'SCRIPT'
int inet_stream_connect(unsigned long long, unsigned long long, int, int);
@@BEGIN { printf("ready\n"); }
@@kft:inet_stream_connect:entry when (__pname == "NAME") { entries++; lengths[__arg3]++; first = get_function(); }
@@kft:inet_stream_connect:exit when (__pname == "NAME") { results[__rv]++; exits[get_function()]++; }
@@kft:*inet_stream_connect:entry when (__pname == "NAME") { by_name[get_function()]++; }
@@END
{
    set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND);
    printf("entries %d, first %s\n", entries, first);
    print(lengths);
    print(results);
    print(exits);
    print(by_name);
}
SCRIPT
sed -i "s/NAME/$name/; 1i String first[64]; int entries;" "$work/functions.e"

start functions -w "$work/functions.pcapng" "$work/functions.e"
functions=$id
connects 5 7000
connects 3 7001 # nobody listens there: ECONNREFUSED
stop "$functions"
same "exit status" 0 "$status"
# An address of IPv4 takes 16 bytes. inet_stream_connect calls __inet_stream_connect.
expected="entries 8, first inet_stream_connect
lengths[16] = 8
results[-111] = 3
results[0] = 5
exits[inet_stream_connect] = 8
by_name[__inet_stream_connect] = 8
by_name[inet_stream_connect] = 8"
same "what the functions did" "$expected" "$(grep -v -e '^ready' -e '^$' "$work/functions.out")"
same "replay, as live" "$expected" "$("$PROBEVUE" -r "$work/functions.pcapng" "$work/functions.e" | grep -v -e '^ready' -e '^$')"

for home in engine kernel; do
    start counted --home $home -e "int n; @@BEGIN { printf(\"ready\\n\"); } @@kft:inet_stream_connect:entry when (__pname == \"$name\") { n++; } @@END { printf(\"%d\\n\", n); }"
    counted=$id
    connects 40 7000
    stop "$counted"
    same "$home: calls" "ready 40" "$(xargs <"$work/counted.out")"
done

# --- scripts/socket-trace.e: of each thread, what ends is what began last, below it, and no later
{ cat scripts/socket-trace.e; echo '@@BEGIN { printf("ready\n"); }'; } >"$work/trace.e"
start trace "$work/trace.e"
trace=$id
connects 5 7000
stop "$trace"
same "socket-trace: exit status" 0 "$status"
same "socket-trace: calls of connect()" 5 "$(grep -cE "^ *[0-9]+ $name\([0-9]+\): -> __sys_connect\$" "$work/trace.out")"
same "socket-trace: lines that fit" "" "$(grep -v '^ready' "$work/trace.out" | awk '
    {
        if (!match($0, /^ *[0-9]+ [^(]*.*\([0-9]+\): *(->|<-) [a-zA-Z0-9_.]+$/)) { print "form:", $0; next }
        thread = $0; sub(/\): *(->|<-) [^ ]*$/, "", thread); sub(/.*\(/, "", thread)
        blanks = $0; sub(/ *(->|<-) [^ ]*$/, "", blanks); blanks = length($0) - length(blanks) - length($NF) - 4
        if ($(NF - 1) == "->") {
            if (depth[thread] == 0) since[thread] = 0
            if (blanks != depth[thread]) print "depth:", $0
            stack[thread, ++depth[thread]] = $NF
        } else if (depth[thread] > 0) { # else it began before the session
            if (stack[thread, depth[thread]] != $NF) print "end:", $0
            if (blanks != --depth[thread]) print "depth:", $0
        }
        if ($1 < since[thread]) print "time:", $0
        since[thread] = $1
    }')"

# --- what cannot be had
refused() { # WHAT STATUS PATTERN TUPLE
    local said
    said=$(timeout 20 "$PROBEVUE" -e "int n; @@kft:$4 { n++; } @@BEGIN { exit(); }" 2>&1)
    same "$1: exit status" "$2" $?
    has "$1" "$3" "$said"
}
refused "no such function" 2 'the kernel has no function `inet_stream_conect`' inet_stream_conect:entry
refused "no match" 2 'no function of the kernel that may be traced matches `no_such_\*`' 'no_such_*:entry'
refused "too many" 2 '`\*_\*` means [0-9]+ functions of the kernel, at most 512 are probed by one tuple' '*_*:exit'
list=/sys/kernel/tracing/available_filter_functions
if [[ -r $list ]]; then
    forbidden=$(awk 'NR == FNR { may[$1]; next } $2 == "T" && NF == 3 && !($3 in may) && $3 ~ /^[a-z][a-z0-9_]+$/ { print $3; exit }' \
        "$list" /proc/kallsyms)
    refused "forbidden" 2 "the kernel does not let its function \`$forbidden\` be traced" "$forbidden:entry"
fi
refused "every function" 2 '`\*` cannot stand here' '*:entry'
conclude
