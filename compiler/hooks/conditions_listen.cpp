// Queues of listeners: what the kernel decides in tcp_conn_request() (net/ipv4/tcp_input.c), tcp_v4_syn_recv_sock() and
// its sibling.
#include <linux/bpf.h>

#include <array>
#include <cstddef>

#include "compiler/hooks/conditions.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

// Connections that wait for accept(), and requests that wait for the last step; one more than asked for is let in.
constexpr std::string_view connections = "sock.sk_ack_backlog";
constexpr std::string_view requests = "inet_connection_sock.icsk_accept_queue.qlen.counter";
constexpr std::string_view room = "sock.sk_max_ack_backlog";
// net.ipv4.tcp_syncookies: 0 never, 1 when requests have no room, 2 always. net.ipv4.tcp_max_syn_backlog.
constexpr std::string_view cookies = "sock.__sk_common.skc_net.net->ipv4.sysctl_tcp_syncookies";
constexpr std::string_view most_requests = "sock.__sk_common.skc_net.net->ipv4.sysctl_max_syn_backlog";

void require_full_queue(Hook& hook) {
    const Operand waiting = hook.read(hook.socket(), connections);
    hook.reject_if(Cond::ule, waiting, hook.read(hook.socket(), room));
}

// What becomes of a connection request, asked in the kernel's order. Rejects one that is let in; that is not told apart
// from one whose packet opens a connection in TIME_WAIT anew, which newer kernels let in whatever the queue holds.
// `early`: the kernel has yet to decide about the last quarter of net.ipv4.tcp_max_syn_backlog, which without cookies
// is for peers that it has metrics of.
void refuse_request(Hook& hook, ir::Reg why, bool early) {
    KernelCode& code = hook.code();
    const KernelPointer listener = hook.socket();
    const ir::Label has_room = code.label();
    const ir::Label ask_connections = code.label();
    const ir::Label ask_last_quarter = code.label();
    const ir::Label known = code.label();
    const Operand most = hook.read(listener, room);
    const Operand asked = hook.read(listener, requests);
    const Operand answers = hook.read(listener, cookies);
    code.set(why, cause(EventCause::requests_full));
    code.branch(Cond::sle, asked, most, has_room);
    code.branch(Cond::eq, answers, number(0), known);
    code.set(why, cause(EventCause::cookie_sent));
    code.jump(ask_connections);
    code.place(has_room);
    code.set(why, cause(EventCause::none));
    code.place(ask_connections);
    code.branch(Cond::ule, hook.read(listener, connections), most, ask_last_quarter);
    code.set(why, cause(EventCause::syn_refused));
    code.jump(known);
    code.place(ask_last_quarter);
    code.branch(Cond::ne, Operand::of(why), cause(EventCause::none), known);
    if (early) {
        hook.reject_if(Cond::ne, answers, number(0));
        const Operand limit = hook.read(listener, most_requests);
        const Operand left = code.binary(Op::sub, limit, asked);
        hook.reject_if(Cond::sge, left, code.binary(Op::ashr, limit, number(2)));
        code.set(why, cause(EventCause::requests_full));
    } else {
        hook.reject();
    }
    code.place(known);
    hook.values[EventField::why] = Operand::of(why);
}

// AIX gives no remote end here: the refused peer is told of apart.
void set_peer(Hook& hook, KernelPlace network, Operand port) {
    packet_ends(hook, network, EventField::count, EventField::peer_addr);
    hook.values[EventField::peer_port] = port;
}

// Of the packet that a function of the kernel is handed.
void set_peer_of_packet(Hook& hook, bool six_only) {
    KernelCode& code = hook.code();
    const KernelPointer packet = hook.argument_of_type("sk_buff");
    const ir::Slot network = hook.header(packet, "sk_buff.network_header");
    if (six_only) {
        const Operand version = code.binary(Op::lshr, code.load(code.in_slot(network), 1), number(4));
        hook.reject_if(Cond::ne, version, number(6));
    }
    const ir::Slot transport = hook.header(packet, "sk_buff.transport_header");
    set_peer(hook, code.in_slot(network), code.swap(code.load(code.in_slot(transport), 2), 2));
}

// Bytes of the packet that the program's context is; it begins with the IP header.
void load_bytes(Hook& hook, Operand at, ir::Slot to, int64_t bytes) {
    KernelCode& code = hook.code();
    const Operand packet = code.result({.op = Op::machine_context});
    const Operand failed =
        code.call(BPF_FUNC_skb_load_bytes, {packet, at, code.address(code.in_slot(to)), number(bytes)});
    hook.reject_if(Cond::ne, failed, number(0));
}

// Reads both headers; gives where the TCP header begins.
Operand read_headers(Hook& hook, ir::Slot network, ir::Slot transport) {
    KernelCode& code = hook.code();
    const ir::Reg begin = code.reg();
    const ir::Reg next = code.reg();
    const ir::Label six = code.label();
    const ir::Label read = code.label();
    code.zero(code.in_slot(network), ip6_header_size);
    load_bytes(hook, number(0), network, ip4_header_size);
    const Operand first = code.load(code.in_slot(network), 1);
    code.branch(Cond::uge, first, number(0x60), six);
    code.set(begin, code.binary(Op::shl, code.binary(Op::and_, first, number(15)), number(2)));
    hook.reject_if(Cond::ne, code.load(code.in_slot(network, ip4_protocol_at), 1), number(protocol_tcp));
    code.jump(read);
    code.place(six);
    load_bytes(hook, number(0), network, ip6_header_size);
    code.set(begin, number(ip6_header_size));
    code.set(next, code.load(code.in_slot(network, ip6_next_header_at), 1));
    skip_extension_headers(
        hook, begin, next, [&](Operand at, ir::Slot to, int64_t bytes) { load_bytes(hook, at, to, bytes); },
        {protocol_tcp}, hook.rejected());
    code.place(read);
    load_bytes(hook, Operand::of(begin), transport, 20);
    return Operand::of(begin);
}

// 1 when the packet's connection has a request that waits for its last step, else 0.
Operand has_request(Hook& hook, ir::Slot network, ir::Slot transport) {
    constexpr int64_t own_network = BPF_F_CURRENT_NETNS;
    KernelCode& code = hook.code();
    const ir::Slot tuple = code.slot(40, "connection");
    const ir::Reg size = code.reg();
    const ir::Reg out = code.reg();
    const ir::Label four = code.label();
    const ir::Label ask = code.label();
    const ir::Label none = code.label();
    const auto copy = [&](int32_t to, ir::Slot from, int32_t at, uint8_t width) {
        code.store(code.in_slot(tuple, to), width, code.load(code.in_slot(from, at), width));
    };
    code.zero(code.in_slot(tuple), 40);
    const Operand version = code.binary(Op::lshr, code.load(code.in_slot(network), 1), number(4));
    code.branch(Cond::ne, version, number(6), four);
    code.copy(code.in_slot(tuple), code.in_slot(network, ip6_source_at), 32);
    copy(offsetof(bpf_sock_tuple, ipv6.sport), transport, 0, 4);
    code.set(size, number(sizeof(bpf_sock_tuple::ipv6)));
    code.jump(ask);
    code.place(four);
    for (int32_t at = 0; at < 8; at += 4) copy(at, network, ip4_source_at + at, 4);
    copy(offsetof(bpf_sock_tuple, ipv4.sport), transport, 0, 4);
    code.set(size, number(sizeof(bpf_sock_tuple::ipv4)));
    code.place(ask);
    code.set(out, number(0));
    const Operand packet = code.result({.op = Op::machine_context});
    const Operand found = code.call(BPF_FUNC_skc_lookup_tcp, {packet, code.address(code.in_slot(tuple)),
                                                              Operand::of(size), number(own_network), number(0)});
    code.branch(Cond::eq, found, number(0), none);
    const Operand state = code.load({found, offsetof(bpf_sock, state)}, 4);
    code.set(out, code.result({.op = Op::compare, .cond = Cond::eq, .a = state, .b = number(linux_new_request)}));
    code.run(BPF_FUNC_sk_release, {found});
    code.place(none);
    return Operand::of(out);
}

// With TCP_DEFER_ACCEPT a bare acknowledgement is passed over whatever the queue: the first data completes the
// handshake.
void reject_deferred(Hook& hook, ir::Slot transport, Operand begin) {
    KernelCode& code = hook.code();
    const ir::Label counts = code.label();
    const Operand deferred = hook.read(hook.socket(), "inet_connection_sock.icsk_accept_queue.rskq_defer_accept");
    code.branch(Cond::eq, deferred, number(0), counts);
    const Operand header = code.binary(Op::lshr, code.load(code.in_slot(transport, 12), 1), number(4));
    const Operand headers = code.binary(Op::add, begin, code.binary(Op::shl, header, number(2)));
    hook.reject_if(Cond::uge, headers, code.argument(offsetof(__sk_buff, len), 4));
    code.place(counts);
}

}  // namespace

// The context is a packet that begins with its IP header and has found a socket.
void listen_packet(Hook& hook) {
    KernelCode& code = hook.code();
    const Operand common = code.argument(offsetof(__sk_buff, sk), 8);
    hook.reject_if(Cond::eq, common, number(0));
    hook.reject_if(Cond::ne, code.load({common, offsetof(bpf_sock, state)}, 4), number(linux_listening));
    const Operand tcp = code.call(BPF_FUNC_skc_to_tcp_sock, {common});
    hook.reject_if(Cond::eq, tcp, number(0));
    hook.set_thing(View::sock, {tcp, hook.facts().struct_size("tcp_sock").value_or(0)});

    // Most packets find room: they are rejected before their headers are read.
    const ir::Reg why = code.reg();
    refuse_request(hook, why, true);
    const ir::Slot network = code.slot(ip6_header_size, "network");
    const ir::Slot transport = code.slot(24, "transport");
    const Operand begin = read_headers(hook, network, transport);
    const Operand flags = code.load(code.in_slot(transport, tcp_flags_at), 1);
    const Operand deciding =
        code.binary(Op::and_, flags, number(tcp_flag_fin | tcp_flag_syn | tcp_flag_rst | tcp_flag_ack));
    const Operand waits = has_request(hook, network, transport);
    const ir::Label request = code.label();
    const ir::Label last_step = code.label();
    const ir::Label known = code.label();
    code.branch(Cond::eq, deciding, number(tcp_flag_syn), request);
    // Anything else with SYN or RST, or without ACK, the kernel answers or passes over before it asks for the queue.
    const Operand completing = code.binary(Op::and_, deciding, number(tcp_flag_syn | tcp_flag_rst | tcp_flag_ack));
    hook.reject_if(Cond::ne, completing, number(tcp_flag_ack));
    require_full_queue(hook);
    // One that belongs to no request may be the answer to a cookie.
    code.branch(Cond::ne, waits, number(0), last_step);
    hook.reject_if(Cond::eq, hook.read(hook.socket(), cookies), number(0));
    code.place(last_step);
    reject_deferred(hook, transport, begin);
    code.set(why, cause(EventCause::ack_refused));
    code.jump(known);
    code.place(request);
    // The answer is sent again; nothing is asked for.
    hook.reject_if(Cond::ne, waits, number(0));
    code.place(known);
    set_peer(hook, code.in_slot(network), code.swap(code.load(code.in_slot(transport), 2), 2));
}

void listen_request(Hook& hook) {
    refuse_request(hook, hook.code().reg(), false);
    set_peer_of_packet(hook, false);
}

void listen_ack(Hook& hook, bool six_only) {
    require_full_queue(hook);
    set_peer_of_packet(hook, six_only);
    hook.values[EventField::why] = hook.code().result({.op = Op::constant, .a = cause(EventCause::ack_refused)});
}

// The kernel asks for metrics of a peer only where that decides, and drops the request when it has none.
void unproven_peer(Hook& hook) {
    KernelCode& code = hook.code();
    const Operand proven = code.result({.op = Op::extend, .width = 1, .a = hook.argument(from_result)});
    hook.reject_if(Cond::ne, proven, number(0));
    hook.values[EventField::why] = code.result({.op = Op::constant, .a = cause(EventCause::requests_full)});
}

}  // namespace probevue
