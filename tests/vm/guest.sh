# Runs in the virtual machine (on_kernel.sh): live tests, then probevue itself.
source /guest_checks.sh

run_live_programs

# --- tests of the command -------------------------------------------------------------------------------------------

ln -s /proc/self/fd /dev/fd
for test in /src/tests/live/*_test.sh; do
    PROBEVUE=/usr/bin/probevue timed bash "$test"
    status=$?
    echo "${test##*/}: $took s"
    is "${test##*/}: exit status" 0 $status
done

# Where Debian's kernels of these lines have what; a rung that goes missing must not go unseen.
case $version in
    # Where calls end cannot be seen at system calls before the tracepoints sock_send_length and sock_recv_length of 6.3;
    # where they begin can.
    6.1) expected='tested netdev:changes: fentry kprobe netlink
tested netdev:get_stats: fentry kprobe
tested netdev:ioctl: syscall
tested netdev:set_promiscuity: fentry kprobe netlink
tested tcp:accept: fentry kprobe syscall
tested tcp:connect: tracepoint
tested tcp:disconnect: fentry kprobe syscall
tested tcp:listen_q_full: kprobe cgroup
tested tcp:receive: fentry kprobe
tested tcp:recv_buf_full: fentry kprobe
tested tcp:recvmsg: fentry kprobe
tested tcp:recvmsg: fentry kprobe syscall
tested tcp:reset_received: tracepoint fentry kprobe
tested tcp:reset_sent: fentry kprobe
tested tcp:retransmit: tracepoint
tested tcp:send_buf_full: fentry kprobe
tested tcp:sendmsg: fentry kprobe
tested tcp:sendmsg: fentry kprobe syscall
tested tcp:setsockopt: fentry kprobe syscall
tested tcp:state_change: tracepoint fentry kprobe
tested udp:disconnect: fentry kprobe syscall
tested udp:recvmsg: fentry kprobe
tested udp:recvmsg: fentry kprobe syscall
tested udp:sendmsg: fentry kprobe
tested udp:sendmsg: fentry kprobe syscall
tested udp:sock_recv_buf_overflow: fentry kprobe' ;;
    6.12) expected='tested netdev:changes: fentry kprobe netlink
tested netdev:get_stats: fentry kprobe
tested netdev:ioctl: syscall
tested netdev:set_promiscuity: fentry kprobe netlink
tested tcp:accept: fentry kprobe syscall
tested tcp:connect: tracepoint
tested tcp:disconnect: fentry kprobe syscall
tested tcp:listen_q_full: fentry kprobe cgroup
tested tcp:receive: fentry kprobe netfilter
tested tcp:recv_buf_full: tracepoint fentry kprobe
tested tcp:recvmsg: fentry kprobe syscall
tested tcp:reset_received: tracepoint fentry kprobe
tested tcp:reset_sent: tracepoint fentry kprobe
tested tcp:retransmit: tracepoint
tested tcp:send_buf_full: fentry kprobe
tested tcp:sendmsg: fentry kprobe syscall
tested tcp:setsockopt: fentry kprobe syscall
tested tcp:state_change: tracepoint fentry kprobe
tested udp:disconnect: fentry kprobe syscall
tested udp:recvmsg: fentry kprobe syscall
tested udp:sendmsg: fentry kprobe syscall
tested udp:sock_recv_buf_overflow: tracepoint fentry kprobe' ;;
    *) expected='tested netdev:changes: fentry kprobe netlink
tested netdev:get_stats: fentry kprobe
tested netdev:ioctl: syscall
tested netdev:set_promiscuity: fentry kprobe netlink
tested tcp:accept: fentry kprobe syscall
tested tcp:connect: tracepoint
tested tcp:disconnect: fentry kprobe syscall
tested tcp:listen_q_full: fentry kprobe cgroup
tested tcp:receive: fentry kprobe netfilter
tested tcp:recv_buf_full: tracepoint fentry kprobe
tested tcp:recvmsg: fentry kprobe syscall
tested tcp:reset_received: tracepoint fentry kprobe
tested tcp:reset_sent: tracepoint fentry kprobe
tested tcp:retransmit: tracepoint
tested tcp:send_buf_full: tracepoint fentry kprobe
tested tcp:sendmsg: fentry kprobe syscall
tested tcp:setsockopt: fentry kprobe syscall
tested tcp:state_change: tracepoint fentry kprobe
tested udp:disconnect: fentry kprobe syscall
tested udp:recvmsg: fentry kprobe syscall
tested udp:sendmsg: fentry kprobe syscall
tested udp:sock_recv_buf_overflow: tracepoint fentry kprobe' ;;
esac
is "rungs" "$expected" "$(cat /tmp/tested)"

if [[ -x /usr/bin/bench_kernel_home ]]; then
    timed bench_kernel_home --no-start
    status=$?
    echo "bench_kernel_home: $took s"
    grep -E '^(best ratio|skipped)' /tmp/log
    [[ $status == 77 ]] || is "bench_kernel_home: exit status" 0 $status
fi

# --- what each probe goes through, and why not through others -------------------------------------------------------

hook_of() { probevue -l "@@net:$1" -v | sed -n 's/^ *through //p'; }
matches "the hook of state changes" '^tracepoint inet_sock_set_state, tracepoint net_dev_queue$' "$(hook_of tcp:state_change)"
case $version in
    6.1)
        matches "the hooks of listen_q_full" '^kprobe: .*; not fentry: .*tcp_v4_syn_recv_sock.*not supported' "$(hook_of tcp:listen_q_full)"
        matches "the hook of send_buf_full" '^fentry: .*; not tracepoint: the kernel has no tracepoint `tcp_sendmsg_locked`' "$(hook_of tcp:send_buf_full)"
        matches "the hook of lost datagrams" '^fentry: .*; not tracepoint: .* has 2 arguments, 3 are needed' "$(hook_of udp:sock_recv_buf_overflow)"
        ;;
    6.12)
        matches "the hooks of listen_q_full" '^fentry: ' "$(hook_of tcp:listen_q_full)"
        matches "the hook of send_buf_full" '^fentry: .*; not tracepoint: the kernel has no tracepoint `tcp_sendmsg_locked`' "$(hook_of tcp:send_buf_full)"
        ;;
    *)
        matches "the hook of send_buf_full" '^tracepoint tcp_sendmsg_locked$' "$(hook_of tcp:send_buf_full)"
        ;;
esac

# --- refusals -------------------------------------------------------------------------------------------------------

# refused WHAT PATTERN COMMAND...
refused() {
    local said
    said=$("${@:3}" 2>&1)
    is "$1: exit status" 3 $?
    matches "$1" "$2" "$said"
}
event='@@net:tcp:listen_q_full { exit(); }'
some() { setpriv --reuid 65534 --clear-groups --inh-caps "$1" --ambient-caps "$1" "${@:2}"; }
refused "no privileges" 'missing CAP_BPF, CAP_PERFMON' setpriv --reuid 65534 --clear-groups --inh-caps -all probevue -e "$event"
refused "one of two" 'missing CAP_PERFMON$' some +bpf probevue -e "$event"
refused "the cgroup without its own" 'cgroup: missing CAP_NET_ADMIN' some +bpf,+perfmon probevue --hook cgroup -e "$event"
refused "no type information" 'no type information .*/sys/kernel/btf/vmlinux' \
    unshare --mount bash -c "mount -t tmpfs none /sys/kernel/btf && probevue -e '$event'"
refused "no such hook" 'no fentry hook gives this event' probevue --hook fentry -e '@@net:tcp:retransmit { exit(); }'

# The strictest lockdown takes away reading memory by address; nothing undoes it, hence last.
mount -t securityfs security /sys/kernel/security
if echo confidentiality 2>/dev/null >/sys/kernel/security/lockdown; then
    refused "lockdown" 'locked down: confidentiality' probevue --hook kprobe -e "$event"
else
    echo "this kernel cannot be locked down: that was left out"
fi

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
