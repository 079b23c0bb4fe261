// Connections: their states (net/ipv4/tcp.c, tcp_set_state()), what they send again (net/ipv4/tcp_output.c,
// __tcp_retransmit_skb()), their buffers (net/core/stream.c, sk_stream_wait_memory(); net/ipv4/tcp_input.c).
#include <linux/bpf.h>

#include <cstddef>
#include <string>

#include "compiler/hooks/conditions.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

Operand aix(TcpState state) { return number(static_cast<int64_t>(state)); }

ir::Slot socket_key(Hook& hook) {
    const ir::Slot key = hook.code().slot(8, "socket");
    hook.code().store(hook.code().in_slot(key), 8, hook.socket().value);
    return key;
}

// Connections that are in SYN_SENT and have no port yet, and what they will be told of with: who connects.
struct Connecting {
    uint64_t thread = 0;  // as bpf_get_current_pid_tgid() has it
    uint64_t user = 0;    // as bpf_get_current_uid_gid() has it
    char name[task_name_size] = {};
};

// By event: each takes them out by itself.
uint32_t connecting(Hook& hook) {
    const std::string name = "connections without a port, " + std::string(recorded_name(hook.row().kind));
    return hook.maps().remembered(name, 8, sizeof(Connecting));
}

void keep_connecting(Hook& hook) {
    KernelCode& code = hook.code();
    const uint32_t map = connecting(hook);
    const ir::Slot key = socket_key(hook);
    const ir::Slot value = code.slot(sizeof(Connecting), "who connects");
    const auto place = [&](size_t at) { return code.in_slot(value, static_cast<int32_t>(at)); };
    code.store(place(offsetof(Connecting, thread)), 8, code.call(BPF_FUNC_get_current_pid_tgid, {}));
    code.store(place(offsetof(Connecting, user)), 8, code.call(BPF_FUNC_get_current_uid_gid, {}));
    code.zero(place(offsetof(Connecting, name)), sizeof(Connecting::name));
    code.run(BPF_FUNC_get_current_comm,
             {code.address(place(offsetof(Connecting, name))), number(sizeof(Connecting::name))});
    code.run(BPF_FUNC_map_update_elem,
             {code.map(map), code.address(code.in_slot(key)), code.address(place(0)), number(BPF_ANY)});
}

// The transition to SYN_SENT that has been put off: rejects when there is none.
void take_connecting(Hook& hook) {
    KernelCode& code = hook.code();
    const uint32_t map = connecting(hook);
    const ir::Slot key = socket_key(hook);
    const Operand found = code.call(BPF_FUNC_map_lookup_elem, {code.map(map), code.address(code.in_slot(key))});
    hook.reject_if(Cond::eq, found, number(0));
    const Operand thread = code.load({found, offsetof(Connecting, thread)}, 8);
    const Operand user = code.load({found, offsetof(Connecting, user)}, 8);
    const uint32_t name_size = captured_size(EventField::pname);
    const ir::Slot name = code.slot(name_size, "name");
    for (int32_t at = 0; at < static_cast<int32_t>(name_size); at += 8) {
        const bool within = at < static_cast<int32_t>(sizeof(Connecting::name));
        const auto from = static_cast<int32_t>(offsetof(Connecting, name)) + at;
        code.store(code.in_slot(name, at), 8, within ? code.load({found, from}, 8) : number(0));
    }
    // Whoever finds it first tells of it.
    const Operand refused = code.call(BPF_FUNC_map_delete_elem, {code.map(map), code.address(code.in_slot(key))});
    hook.reject_if(Cond::ne, refused, number(0));
    hook.values[EventField::prev_state] = code.result({.op = Op::constant, .a = aix(TcpState::closed)});
    hook.values[EventField::cur_state] = code.result({.op = Op::constant, .a = aix(TcpState::syn_sent)});
    hook.values[EventField::pid] = code.binary(Op::lshr, thread, number(32));
    hook.values[EventField::tid] = code.result({.op = Op::extend, .width = 4, .a = thread});
    hook.values[EventField::uid] = code.result({.op = Op::extend, .width = 4, .a = user});
    hook.values[EventField::gid] = code.binary(Op::lshr, user, number(32));
    hook.slots[EventField::pname] = name;
    // A SYN that waits for the hardware address of the next hop leaves on somebody else's time.
    const Operand current = code.call(BPF_FUNC_get_current_pid_tgid, {});
    hook.in_process = code.result({.op = Op::compare, .cond = Cond::eq, .a = current, .b = thread});
}

// At a transition to SYN_SENT.
void put_off_without_port(Hook& hook) {
    KernelCode& code = hook.code();
    const ir::Label now = code.label();
    code.branch(Cond::ne, hook.read(hook.socket(), "sock.__sk_common.skc_num"), number(0), now);
    keep_connecting(hook);
    hook.reject();
    code.place(now);
}

}  // namespace

// The socket that a timer or a peer acts on has no business with the current process; these transitions are made by
// system calls.
void state_change(Hook& hook) {
    KernelCode& code = hook.code();
    const Operand before = hook.integer_argument(1);
    const Operand after = hook.integer_argument(2);
    if (hook.wanted.contains(EventField::local_port)) {
        const ir::Label now = code.label();
        code.branch(Cond::ne, after, number(linux_syn_sent), now);
        put_off_without_port(hook);
        code.place(now);
    }
    const ir::Reg state = code.reg();
    const ir::Reg own = code.reg();
    code.set(state, after);
    code.set(own, number(1));
    const ir::Label not_closing = code.label();
    const ir::Label maybe = code.label();
    const ir::Label done = code.label();
    // The socket itself never gets there: a smaller one takes its place, and the connection closes as if by itself.
    code.branch(Cond::ne, after, number(linux_closed), not_closing);
    code.branch(Cond::eq, before, number(linux_listening), done);
    code.set(own, number(0));
    code.branch(Cond::eq, before, number(linux_fin_wait_2), maybe);
    code.branch(Cond::ne, before, number(linux_closing), done);
    code.place(maybe);
    code.branch(Cond::ne, hook.read(hook.socket(), "sock.sk_err"), number(0), done);
    code.set(state, number(linux_time_wait));
    code.jump(done);
    code.place(not_closing);
    for (const int64_t by_call : {linux_syn_sent, linux_listening, linux_fin_wait_1, linux_last_ack}) {
        code.branch(Cond::eq, after, number(by_call), done);
    }
    code.set(own, number(0));
    code.place(done);
    hook.values[EventField::cur_state] = aix_state(code, Operand::of(state));
    hook.in_process = Operand::of(own);
}

// The kernel chooses the port of a connection behind its transition to SYN_SENT: then the transition is put off until
// the SYN leaves.
void syn_sent(Hook& hook) {
    const Operand state = hook.read(hook.socket(), "sock.__sk_common.skc_state");
    hook.reject_if(Cond::ne, state, number(linux_syn_sent));
    take_connecting(hook);
}

// The SYN has not left, and the connection does not wait for it any more. This runs before the program that tells of
// where the connection goes to.
void syn_not_seen(Hook& hook) {
    hook.reject_if(Cond::ne, hook.integer_argument(1), number(linux_syn_sent));
    take_connecting(hook);
}

void connect_begins(Hook& hook) {
    hook.reject_if(Cond::ne, hook.integer_argument(2), number(linux_syn_sent));
    if (hook.wanted.contains(EventField::local_port)) put_off_without_port(hook);
}

// The number of this retransmission: the larger of the time-outs in a row without progress, which is what AIX counts
// and is 0 for tail loss probes and recovery, and of one more than what was said last of this packet. That is known by
// its socket and first sequence number: segments may be merged between two attempts, then the merged one counts on.
void count_packet(Hook& hook) {
    KernelCode& code = hook.code();
    const uint32_t counts = hook.maps().episodes("retransmitted packets", 16);
    const KernelPointer packet = hook.argument_of_type("sk_buff");
    const ir::Slot key = code.slot(16, "packet");
    const ir::Slot count = code.slot(8, "count");
    code.store(code.in_slot(key), 8, hook.socket().value);
    code.store(code.in_slot(key, 8), 8, hook.read_control_block(packet, "tcp_skb_cb.seq"));
    const ir::Reg nth = code.reg();
    const ir::Label fresh = code.label();
    const ir::Label known = code.label();
    const Operand found = code.call(BPF_FUNC_map_lookup_elem, {code.map(counts), code.address(code.in_slot(key))});
    code.set(nth, number(1));
    code.branch(Cond::eq, found, number(0), fresh);
    code.set(nth, code.binary(Op::add, code.load({found, 0}, 8), number(1)));
    code.place(fresh);
    const Operand timeouts = hook.read(hook.socket(), "inet_connection_sock.icsk_retransmits");
    code.branch(Cond::ule, timeouts, Operand::of(nth), known);
    code.set(nth, timeouts);
    code.place(known);
    code.store(code.in_slot(count), 8, Operand::of(nth));
    code.run(BPF_FUNC_map_update_elem,
             {code.map(counts), code.address(code.in_slot(key)), code.address(code.in_slot(count)), number(BPF_ANY)});
    hook.values[EventField::nth_retransmit] = Operand::of(nth);
}

namespace {

// A sender is within an episode until it could add to the buffer.
void once_until_progress(Hook& hook) {
    KernelCode& code = hook.code();
    const uint32_t episodes = hook.maps().episodes("full send buffers", 8);
    const Operand written = hook.read(hook.socket(), "tcp_sock.write_seq");
    const ir::Slot key = code.slot(8, "socket");
    const ir::Slot value = code.slot(8, "written");
    code.store(code.in_slot(key), 8, hook.socket().value);
    code.store(code.in_slot(value), 8, written);
    const ir::Label fresh = code.label();
    const Operand found = code.call(BPF_FUNC_map_lookup_elem, {code.map(episodes), code.address(code.in_slot(key))});
    code.branch(Cond::eq, found, number(0), fresh);
    hook.reject_if(Cond::eq, code.load({found, 0}, 8), code.load(code.in_slot(value), 8));
    code.place(fresh);
    code.run(BPF_FUNC_map_update_elem,
             {code.map(episodes), code.address(code.in_slot(key)), code.address(code.in_slot(value)), number(BPF_ANY)});
}

// Sets `why` and goes on at `full`, or goes on behind.
void sender_is_full(Hook& hook, ir::Reg why, ir::Label full) {
    KernelCode& code = hook.code();
    const KernelPointer socket = hook.socket();
    const ir::Label has_room = code.label();
    const ir::Label no_limit = code.label();
    code.branch(Cond::slt, hook.read(socket, "sock.sk_wmem_queued"), hook.read(socket, "sock.sk_sndbuf"), has_room);
    code.set(why, cause(EventCause::buffer_full));
    code.jump(full);
    code.place(has_room);
    const Operand low_water = hook.read(socket, "tcp_sock.notsent_lowat");
    code.branch(Cond::eq, low_water, number(0), no_limit);
    const Operand written = hook.read(socket, "tcp_sock.write_seq");
    const Operand unsent = code.binary(Op::sub, written, hook.read(socket, "tcp_sock.snd_nxt"), 4);
    code.branch(Cond::ult, unsent, low_water, no_limit);
    code.set(why, cause(EventCause::low_water));
    code.jump(full);
    code.place(no_limit);
}

}  // namespace

// The loop over what is to be sent: with the buffer full the kernel still fills the last segment up to its goal, and
// only then waits.
void send_buffer(Hook& hook) {
    KernelCode& code = hook.code();
    const ir::Label needs_segment = code.label();
    const ir::Label full = code.label();
    const KernelPointer last = hook.pointer_argument(2);
    code.branch(Cond::eq, last.value, number(0), needs_segment);
    hook.reject_if(Cond::slt, hook.read(last, "sk_buff.len"), hook.integer_argument(3));
    code.place(needs_segment);
    const ir::Reg why = code.reg();
    code.set(why, number(0));
    sender_is_full(hook, why, full);
    hook.reject();
    code.place(full);
    once_until_progress(hook);
    hook.values[EventField::why] = Operand::of(why);
}

// The kernel waits for room, or for memory.
void send_wait(Hook& hook) {
    KernelCode& code = hook.code();
    const ir::Label known = code.label();
    const ir::Reg why = code.reg();
    code.set(why, number(0));
    sender_is_full(hook, why, known);
    code.set(why, cause(EventCause::memory_pressure));
    code.place(known);
    once_until_progress(hook);
    hook.values[EventField::why] = Operand::of(why);
}

namespace {

constexpr const char* closed_windows = "closed receive windows";

// Rejects when the socket is within an episode; else it is from now on.
void begin_episode(Hook& hook, uint32_t map, ir::Slot key) {
    KernelCode& code = hook.code();
    hook.reject_if(Cond::ne, code.call(BPF_FUNC_map_lookup_elem, {code.map(map), code.address(code.in_slot(key))}),
                   number(0));
    const ir::Slot one = code.slot(8, "one");
    code.store(code.in_slot(one), 8, number(1));
    code.run(BPF_FUNC_map_update_elem,
             {code.map(map), code.address(code.in_slot(key)), code.address(code.in_slot(one)), number(BPF_ANY)});
}

// Rejects packets that carry another one within: tunnels keep the socket of that one, but what their transport header
// points to does not begin with its ports. What lies between that header and the IP header is of no interest.
void require_own_header(Hook& hook, ir::Slot transport) {
    KernelCode& code = hook.code();
    const KernelPointer socket = hook.socket();
    hook.reject_if(Cond::ne, code.load(code.in_slot(transport, 0), 2), hook.read(socket, "inet_sock.inet_sport"));
    hook.reject_if(Cond::ne, code.load(code.in_slot(transport, 2), 2), hook.read(socket, "sock.__sk_common.skc_dport"));
}

}  // namespace

void zero_window(Hook& hook) {
    KernelCode& code = hook.code();
    const KernelPointer packet = hook.argument_of_type("sk_buff");
    const ir::Slot transport = hook.header(packet, "sk_buff.transport_header");
    const Operand flags = code.binary(Op::and_, code.load(code.in_slot(transport, tcp_flags_at), 1),
                                      number(tcp_flag_syn | tcp_flag_rst | tcp_flag_ack));
    hook.reject_if(Cond::ne, flags, number(tcp_flag_ack));
    require_own_header(hook, transport);
    const uint32_t episodes = hook.maps().episodes(closed_windows, 8);
    const ir::Slot key = socket_key(hook);
    const ir::Label closed_now = code.label();
    code.branch(Cond::eq, code.load(code.in_slot(transport, tcp_window_at), 2), number(0), closed_now);
    // The window is open: the episode is over. Looking first is cheaper than deleting what is not there.
    hook.reject_if(Cond::eq, code.call(BPF_FUNC_map_lookup_elem, {code.map(episodes), code.address(code.in_slot(key))}),
                   number(0));
    code.run(BPF_FUNC_map_delete_elem, {code.map(episodes), code.address(code.in_slot(key))});
    hook.reject();
    code.place(closed_now);
    begin_episode(hook, episodes, key);
    hook.values[EventField::why] = code.result({.op = Op::constant, .a = cause(EventCause::window_closed)});
}

void receive_refused(Hook& hook) {
    const ir::Slot key = socket_key(hook);
    begin_episode(hook, hook.maps().episodes(closed_windows, 8), key);
}

}  // namespace probevue
