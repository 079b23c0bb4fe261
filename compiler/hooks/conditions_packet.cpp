// Headers of packets, where a hook hands over a packet buffer: behind the roots, before fields are read.
#include "builtins/base/address.h"
#include "compiler/hooks/conditions.h"

namespace probevue {

using ir::Cond;
using ir::Op;
using ir::Operand;

void packet_ends(Hook& hook, KernelPlace network, EventField local, EventField remote) {
    KernelCode& code = hook.code();
    const ir::Slot to = code.slot(sizeof(IpAddress), "local");
    const ir::Slot from = code.slot(sizeof(IpAddress), "remote");
    write_packet_end(code, network, true, code.in_slot(from));
    write_packet_end(code, network, false, code.in_slot(to));
    if (local != EventField::count) hook.slots[local] = to;
    hook.slots[remote] = from;
}

void packet_addresses(Hook& hook) {
    KernelCode& code = hook.code();
    const KernelPointer packet = hook.argument_of_type("sk_buff");
    const ir::Slot network = hook.header(packet, "sk_buff.network_header");
    packet_ends(hook, code.in_slot(network), EventField::local_addr, EventField::remote_addr);
    const ir::Slot transport = hook.header(packet, "sk_buff.transport_header");
    hook.values[EventField::remote_port] = code.swap(code.load(code.in_slot(transport), 2), 2);
}

// What the kernel asks first (net/ipv4/tcp_ipv4.c, tcp_v4_send_reset(), and its sibling): a reset is never answered.
void no_reset(Hook& hook) {
    KernelCode& code = hook.code();
    const ir::Slot transport = hook.header(hook.thing(View::received), "sk_buff.transport_header");
    const Operand flags = code.load(code.in_slot(transport, tcp_flags_at), 1);
    hook.reject_if(Cond::ne, code.binary(Op::and_, flags, number(tcp_flag_rst)), number(0));
}

// While a packet waits in a queue of a socket, other things may lie where it points to its device (sk_buff.dev is in a
// union: dev_scratch of UDP, links of trees and lists). What it points to is a device if that one's name points back.
void dropped_device(Hook& hook) {
    KernelCode& code = hook.code();
    // From now on its pointers are numbers to the verifier, which takes them for what the types say.
    hook.set_thing(View::dropped, {hook.thing(View::dropped).value, 0});
    const KernelPointer pointed = hook.follow(hook.thing(View::dropped), "sk_buff.dev");
    const ir::Reg device = code.reg();
    const ir::Label known = code.label();
    code.set(device, pointed.value);
    const KernelPointer name = hook.follow(pointed, "net_device.name_node");
    code.branch(Cond::eq, hook.follow(name, "netdev_name_node.dev").value, Operand::of(device), known);
    code.set(device, number(0));
    code.place(known);
    hook.set_thing(View::device, {Operand::of(device), 0});
}

}  // namespace probevue
