// Conditions of hooks that no row can say (HookCode).
#include <linux/bpf.h>

#include <cstddef>

#include "builtins/base/address.h"
#include "compiler/place/hook.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

// The kernel's numbers of states (include/net/tcp_states.h).
enum LinuxState : int64_t {
    syn_sent = 2,
    fin_wait_1 = 4,
    fin_wait_2 = 5,
    time_wait = 6,
    closed = 7,
    last_ack = 9,
    listening = 10,
    closing = 11,
};

// Bits of byte 13 of a TCP header.
constexpr int64_t flag_syn = 0x02;
constexpr int64_t flag_rst = 0x04;
constexpr int64_t flag_ack = 0x10;
constexpr int32_t flags_at = 13;
constexpr int32_t window_at = 14;
constexpr int64_t protocol_tcp = 6;

Operand cause(EventCause why) { return number(static_cast<int64_t>(why)); }

// Calls of 32-bit programs have numbers of their own: the tuples' are not among them.
void system_call(Hook& hook, Operand call) {
    constexpr int64_t compatible = 2;  // TS_COMPAT
    KernelCode& code = hook.code();
    const Operand status = hook.read(hook.task(), "task_struct.thread_info.status");
    hook.call_is_32bit = code.binary(Op::and_, status, number(compatible));
    hook.call_number = call;
    hook.values[EventField::call_number] = call;
}

// The kernel returns a negative error number; the C library -1, and puts the number into errno.
void system_result(Hook& hook) {
    constexpr int64_t largest_error = 4095;
    KernelCode& code = hook.code();
    system_call(hook, hook.read(hook.pointer_argument(0), "pt_regs.orig_ax"));
    const ir::Reg result = code.reg();
    const ir::Reg error = code.reg();
    const ir::Label good = code.label();
    code.set(result, hook.argument(1));
    code.set(error, number(0));
    code.branch(Cond::ult, Operand::of(result), number(-largest_error), good);
    code.set(error, code.result({.op = Op::neg, .a = Operand::of(result)}));
    code.set(result, number(-1));
    code.place(good);
    hook.values[EventField::return_value] = Operand::of(result);
    hook.values[EventField::error] = Operand::of(error);
}

// Threads that end at the same time may all find the count at 0: the first one of the process' start tells of it.
void last_thread(Hook& hook) {
    KernelCode& code = hook.code();
    const KernelPointer task = hook.task();
    hook.reject_if(Cond::ne, hook.read(task, "task_struct.signal->live.counter"), number(0));
    const ir::Slot key = code.slot(16, "process");
    const ir::Slot value = code.slot(8, "ended");
    code.store(code.in_slot(key), 8, hook.read(task, "task_struct.tgid"));
    code.store(code.in_slot(key, 8), 8, hook.read(task, "task_struct.group_leader->start_time"));
    code.store(code.in_slot(value), 8, number(1));
    const uint32_t ended = hook.maps().episodes("processes that ended", 16);
    const Operand refused = code.call(
        BPF_FUNC_map_update_elem,
        {code.map(ended), code.address(code.in_slot(key)), code.address(code.in_slot(value)), number(BPF_NOEXIST)});
    hook.reject_if(Cond::ne, refused, number(0));
}

// The socket that a timer or a peer acts on has no business with the current process; these transitions are made by
// system calls.
void state_change(Hook& hook) {
    KernelCode& code = hook.code();
    const Operand before = hook.integer_argument(1);
    const Operand after = hook.integer_argument(2);
    const ir::Reg state = code.reg();
    const ir::Reg own = code.reg();
    code.set(state, after);
    code.set(own, number(1));
    const ir::Label not_closing = code.label();
    const ir::Label maybe = code.label();
    const ir::Label done = code.label();
    // The socket itself never gets there: a smaller one takes its place, and the connection closes as if by itself.
    code.branch(Cond::ne, after, number(closed), not_closing);
    code.branch(Cond::eq, before, number(listening), done);
    code.set(own, number(0));
    code.branch(Cond::eq, before, number(fin_wait_2), maybe);
    code.branch(Cond::ne, before, number(closing), done);
    code.place(maybe);
    code.branch(Cond::ne, hook.read(hook.socket(), "sock.sk_err"), number(0), done);
    code.set(state, number(time_wait));
    code.jump(done);
    code.place(not_closing);
    for (const int64_t by_call : {syn_sent, listening, fin_wait_1, last_ack}) {
        code.branch(Cond::eq, after, number(by_call), done);
    }
    code.set(own, number(0));
    code.place(done);
    hook.values[EventField::cur_state] = aix_state(code, Operand::of(state));
    hook.in_process = Operand::of(own);
}

// How often this packet has been sent again, by its socket and first sequence number: segments may be merged between
// two attempts, then the merged one counts on.
void count_packet(Hook& hook) {
    KernelCode& code = hook.code();
    const uint32_t counts = hook.maps().episodes("retransmitted packets", 16);
    const KernelPointer packet = hook.argument_of_type("sk_buff");
    const auto cb = static_cast<int32_t>(hook.offset_of("sk_buff.cb") + hook.offset_of("tcp_skb_cb.seq"));
    const ir::Slot key = code.slot(16, "packet");
    const ir::Slot count = code.slot(8, "count");
    code.store(code.in_slot(key), 8, hook.socket().value);
    if (packet.known >= static_cast<uint32_t>(cb) + 4) {
        code.store(code.in_slot(key, 8), 8, code.load({packet.value, cb}, 4));
    } else {
        code.store(code.in_slot(key, 8), 8, number(0));
        hook.read_bytes(code.in_slot(key, 8), code.address({packet.value, cb}), 4);
    }
    const ir::Reg nth = code.reg();
    const ir::Label fresh = code.label();
    const ir::Label done = code.label();
    const Operand found = code.call(BPF_FUNC_map_lookup_elem, {code.map(counts), code.address(code.in_slot(key))});
    code.set(nth, number(1));
    code.branch(Cond::eq, found, number(0), fresh);
    code.set(nth, code.binary(Op::add, code.load({found, 0}, 8), number(1)));
    code.store({found, 0}, 8, Operand::of(nth));
    code.jump(done);
    code.place(fresh);
    code.store(code.in_slot(count), 8, number(1));
    code.run(BPF_FUNC_map_update_elem,
             {code.map(counts), code.address(code.in_slot(key)), code.address(code.in_slot(count)), number(BPF_ANY)});
    code.place(done);
    // Time-outs in a row without progress: what AIX counts. 0 for tail loss probes and recovery.
    const Operand timeouts = hook.read(hook.socket(), "inet_connection_sock.icsk_retransmits");
    const ir::Label by_packet = code.label();
    code.branch(Cond::eq, timeouts, number(0), by_packet);
    code.set(nth, timeouts);
    code.place(by_packet);
    hook.values[EventField::nth_retransmit] = Operand::of(nth);
}

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

constexpr const char* closed_windows = "closed receive windows";

ir::Slot socket_key(Hook& hook) {
    const ir::Slot key = hook.code().slot(8, "socket");
    hook.code().store(hook.code().in_slot(key), 8, hook.socket().value);
    return key;
}

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

// Rejects packets that are no TCP. Tunnels keep the socket of the packet within: the outermost header decides.
void require_tcp(Hook& hook, ir::Slot network) {
    KernelCode& code = hook.code();
    const ir::Label six = code.label();
    const ir::Label done = code.label();
    const Operand version = code.binary(Op::lshr, code.load(code.in_slot(network), 1), number(4));
    code.branch(Cond::eq, version, number(6), six);
    hook.reject_if(Cond::ne, code.load(code.in_slot(network, 9), 1), number(protocol_tcp));
    code.jump(done);
    code.place(six);
    hook.reject_if(Cond::ne, code.load(code.in_slot(network, 6), 1), number(protocol_tcp));
    code.place(done);
}

void zero_window(Hook& hook) {
    KernelCode& code = hook.code();
    const KernelPointer packet = hook.argument_of_type("sk_buff");
    const ir::Slot network = hook.header(packet, "sk_buff.network_header");
    require_tcp(hook, network);
    const ir::Slot transport = hook.header(packet, "sk_buff.transport_header");
    const Operand flags =
        code.binary(Op::and_, code.load(code.in_slot(transport, flags_at), 1), number(flag_syn | flag_rst | flag_ack));
    hook.reject_if(Cond::ne, flags, number(flag_ack));
    const uint32_t episodes = hook.maps().episodes(closed_windows, 8);
    const ir::Slot key = socket_key(hook);
    const ir::Label closed_now = code.label();
    code.branch(Cond::eq, code.load(code.in_slot(transport, window_at), 2), number(0), closed_now);
    // The window is open: the episode is over. Looking first is cheaper than deleting what is not there.
    hook.reject_if(Cond::eq, code.call(BPF_FUNC_map_lookup_elem, {code.map(episodes), code.address(code.in_slot(key))}),
                   number(0));
    code.run(BPF_FUNC_map_delete_elem, {code.map(episodes), code.address(code.in_slot(key))});
    hook.reject();
    code.place(closed_now);
    begin_episode(hook, episodes, key);
    hook.values[EventField::why] = code.result({.op = Op::constant, .a = cause(EventCause::window_closed)});
}

// Both ends of a received packet: it was sent to the local one.
void packet_ends(Hook& hook, KernelPlace network, EventField local, EventField remote) {
    KernelCode& code = hook.code();
    const ir::Slot to = code.slot(sizeof(IpAddress), "local");
    const ir::Slot from = code.slot(sizeof(IpAddress), "remote");
    const ir::Label six = code.label();
    const ir::Label done = code.label();
    const auto copy = [&](ir::Slot slot, int32_t at, uint8_t width) {
        const KernelPlace out = code.in_slot(slot);
        if (width == 4) {
            code.store(out, 8, code.load({network.base, network.offset + at}, 4));
            code.store({out.base, 8}, 8, number(0));
            code.store({out.base, 16}, 8, number(static_cast<int64_t>(IpAddress::v4)));
        } else {
            code.store(out, 8, code.load({network.base, network.offset + at}, 8));
            code.store({out.base, 8}, 8, code.load({network.base, network.offset + at + 8}, 8));
            code.store({out.base, 16}, 8, number(static_cast<int64_t>(IpAddress::v6)));
        }
    };
    const Operand version = code.binary(Op::lshr, code.load(network, 1), number(4));
    code.branch(Cond::eq, version, number(6), six);
    copy(from, 12, 4);
    copy(to, 16, 4);
    code.jump(done);
    code.place(six);
    copy(from, 8, 16);
    copy(to, 24, 16);
    code.place(done);
    if (local != EventField::count) hook.addresses[local] = to;
    hook.addresses[remote] = from;
}

void packet_addresses(Hook& hook) {
    KernelCode& code = hook.code();
    const KernelPointer packet = hook.argument_of_type("sk_buff");
    const ir::Slot network = hook.header(packet, "sk_buff.network_header");
    packet_ends(hook, code.in_slot(network), EventField::local_addr, EventField::remote_addr);
    const ir::Slot transport = hook.header(packet, "sk_buff.transport_header");
    hook.values[EventField::remote_port] = code.swap(code.load(code.in_slot(transport), 2), 2);
}

void require_full_queue(Hook& hook) {
    const Operand waiting = hook.read(hook.socket(), "sock.sk_ack_backlog");
    hook.reject_if(Cond::ule, waiting, hook.read(hook.socket(), "sock.sk_max_ack_backlog"));
}

// AIX gives no remote end here: the refused peer is told of apart.
void set_peer(Hook& hook, KernelPlace network, Operand port) {
    packet_ends(hook, network, EventField::count, EventField::peer_addr);
    hook.values[EventField::peer_port] = port;
}

void listener_is_full(Hook& hook, EventCause why, bool six_only) {
    KernelCode& code = hook.code();
    require_full_queue(hook);
    const KernelPointer packet = hook.argument_of_type("sk_buff");
    const ir::Slot network = hook.header(packet, "sk_buff.network_header");
    if (six_only) {
        const Operand version = code.binary(Op::lshr, code.load(code.in_slot(network), 1), number(4));
        hook.reject_if(Cond::ne, version, number(6));
    }
    const ir::Slot transport = hook.header(packet, "sk_buff.transport_header");
    const Operand port = code.swap(code.load(code.in_slot(transport), 2), 2);
    set_peer(hook, code.in_slot(network), port);
    hook.values[EventField::why] = code.result({.op = Op::constant, .a = cause(why)});
}

// The context is a packet that begins with its IP header and has found a socket.
void listen_packet(Hook& hook) {
    KernelCode& code = hook.code();
    const Operand common = code.argument(offsetof(__sk_buff, sk), 8);
    hook.reject_if(Cond::eq, common, number(0));
    hook.reject_if(Cond::ne, code.load({common, offsetof(bpf_sock, state)}, 4), number(listening));
    const Operand tcp = code.call(BPF_FUNC_skc_to_tcp_sock, {common});
    hook.reject_if(Cond::eq, tcp, number(0));
    hook.set_socket({tcp, hook.facts().struct_size("tcp_sock").value_or(0)});
    require_full_queue(hook);

    const Operand packet = code.result({.op = Op::machine_context});
    const ir::Slot network = code.slot(40, "network");
    const ir::Slot transport = code.slot(24, "transport");
    const auto load_bytes = [&](Operand at, ir::Slot to, int64_t bytes) {
        const Operand failed =
            code.call(BPF_FUNC_skb_load_bytes, {packet, at, code.address(code.in_slot(to)), number(bytes)});
        hook.reject_if(Cond::ne, failed, number(0));
    };
    const ir::Reg begin = code.reg();
    const ir::Label six = code.label();
    const ir::Label read = code.label();
    for (int32_t at = 0; at < 40; at += 8) code.store(code.in_slot(network, at), 8, number(0));
    load_bytes(number(0), network, 20);
    const Operand first = code.load(code.in_slot(network), 1);
    code.set(begin, number(40));
    code.branch(Cond::uge, first, number(0x60), six);
    code.set(begin, code.binary(Op::shl, code.binary(Op::and_, first, number(15)), number(2)));
    code.jump(read);
    code.place(six);
    load_bytes(number(0), network, 40);
    code.place(read);
    require_tcp(hook, network);
    load_bytes(Operand::of(begin), transport, 20);

    const Operand flags = code.load(code.in_slot(transport, flags_at), 1);
    hook.reject_if(Cond::ne, code.binary(Op::and_, flags, number(flag_rst)), number(0));
    const ir::Reg why = code.reg();
    const ir::Label request = code.label();
    code.set(why, cause(EventCause::syn_refused));
    code.branch(Cond::ne, code.binary(Op::and_, flags, number(flag_syn)), number(0), request);
    // With TCP_DEFER_ACCEPT a bare acknowledgement is passed over whatever the queue: the first data completes the
    // handshake.
    const ir::Label counts = code.label();
    const Operand deferred = hook.read(hook.socket(), "inet_connection_sock.icsk_accept_queue.rskq_defer_accept");
    code.branch(Cond::eq, deferred, number(0), counts);
    const Operand header = code.binary(Op::lshr, code.load(code.in_slot(transport, 12), 1), number(4));
    const Operand headers = code.binary(Op::add, Operand::of(begin), code.binary(Op::shl, header, number(2)));
    hook.reject_if(Cond::uge, headers, code.argument(offsetof(__sk_buff, len), 4));
    code.place(counts);
    code.set(why, cause(EventCause::ack_refused));
    code.place(request);
    const Operand port = code.swap(code.load(code.in_slot(transport), 2), 2);
    set_peer(hook, code.in_slot(network), port);
    hook.values[EventField::why] = Operand::of(why);
}

}  // namespace

void write_condition(Hook& hook) {
    switch (hook.row().code) {
        case HookCode::none:
            return;
        case HookCode::system_call:
            return system_call(hook, hook.argument(1));
        case HookCode::system_result:
            return system_result(hook);
        case HookCode::last_thread:
            return last_thread(hook);
        case HookCode::state_change:
            return state_change(hook);
        case HookCode::count_packet:
            return count_packet(hook);
        case HookCode::send_buffer:
            return send_buffer(hook);
        case HookCode::send_wait:
            return send_wait(hook);
        case HookCode::zero_window:
            return zero_window(hook);
        case HookCode::receive_refused: {
            const ir::Slot key = socket_key(hook);
            return begin_episode(hook, hook.maps().episodes(closed_windows, 8), key);
        }
        case HookCode::packet_addresses:
            return packet_addresses(hook);
        case HookCode::listen_packet:
            return listen_packet(hook);
        case HookCode::listen_request:
            return listener_is_full(hook, EventCause::syn_refused, false);
        case HookCode::listen_ack:
            return listener_is_full(hook, EventCause::ack_refused, false);
        case HookCode::listen_ack6:
            return listener_is_full(hook, EventCause::ack_refused, true);
    }
}

}  // namespace probevue
