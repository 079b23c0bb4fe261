# Runs in the virtual machine (linux_6_12_arm64_test.sh): live tests, and system calls as the programs that make them say.
source /guest_checks.sh

run_live_programs
# Which registers calls are read from shows only where they are read.
for call in tcp:sendmsg tcp:recvmsg udp:sendmsg udp:recvmsg tcp:setsockopt; do
    is "$call at system calls" "tested $call: fentry kprobe syscall" "$(grep -m 1 "^tested $call:.*syscall" /tmp/tested)"
done

# --- arguments and results: dd says how many blocks it wrote, and there is no file /nowhere --------------------------

cat >/tmp/calls.e <<'SCRIPT'
long write(int fd, char *buf, long size);
int open(char *name, int flags, int mode);
@@syscall:*:write:entry when (__pname == "dd") { written[__arg1][__arg3]++; }
@@syscall:*:write:exit when (__pname == "dd") { results[__rv]++; }
@@syscall:*:open:entry when (__pname == "cat") { String name[32]; name = get_userstring(__arg1, 31); opened[name]++; }
@@syscall:*:open:exit when (__pname == "cat") { errors[__rv][__errno]++; }
@@END { print(written); print(results); print(opened); print(errors); }
SCRIPT
probevue -o /tmp/calls.out /tmp/calls.e 2>/tmp/calls.err &
session=$!
for ((i = 0; i < 600; ++i)); do
    grep -q 'tracing 4 probes' /tmp/calls.err && break
    sleep 0.1 # until it says so
done
dd if=/dev/zero of=/dev/null bs=77 count=5 2>/tmp/dd
cat /nowhere 2>/dev/null
kill -INT $session
wait $session
status=$?
[[ $status == 0 ]] || cat /tmp/calls.err
is "the session" 0 $status
is "blocks that dd wrote" "5+0" "$(sed -n 's/ records out//p' /tmp/dd)"
is "writes of that size" "written[1, 77] = 5" "$(grep -F '[1, 77]' /tmp/calls.out)"
is "their results" "results[77] = 5" "$(grep -F 'results[77]' /tmp/calls.out)"
is "the name of a file" "opened[/nowhere] = 1" "$(grep -F '/nowhere' /tmp/calls.out)"
is "what opening it gave" "errors[-1, 2] = 1" "$(grep -F 'errors[-1, 2]' /tmp/calls.out)"

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
