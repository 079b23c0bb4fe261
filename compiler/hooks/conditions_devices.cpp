// Changes of network devices: what functions of the kernel are given, and what was there before them.
#include <linux/bpf.h>
#include <linux/if.h>

#include <cstddef>
#include <string>

#include "compiler/hooks/conditions.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

// MAX_ADDR_LEN (include/linux/netdevice.h): the kernel has so much memory for each hardware address, whatever its
// length.
constexpr int32_t address_room = 32;

// The hardware address of the hook's device, zero behind its end.
ir::Slot address_of(Hook& hook) {
    KernelCode& code = hook.code();
    const ir::Slot address = code.slot(address_room, "address");
    hook.read_bytes(code.in_slot(address), hook.follow(hook.thing(View::device), "net_device.dev_addr").value,
                    address_room);
    return address;
}

// As a mac_addr_t: six bytes, of which the first is the most significant.
Operand as_mac(KernelCode& code, Operand first_word) {
    return code.binary(Op::lshr, code.swap(first_word, 8), number(16));
}

uint32_t address_map(Hook& hook) { return hook.maps().remembered("addresses of devices", 16, address_room); }

// The second argument is by how much the count goes up, an int.
void switched(Hook& hook, Operand by) {
    KernelCode& code = hook.code();
    const auto is = [&](Cond cond) { return code.result({.op = Op::compare, .cond = cond, .a = by, .b = number(0)}); };
    hook.values[EventField::enable] = is(Cond::sgt);
    hook.values[EventField::disable] = is(Cond::slt);
}

// The flag changes when the count leaves 0 or comes to it (net/core/dev.c). A count that would run over leaves it: the
// kernel refuses that.
void counted_flag(Hook& hook, std::string_view count, int64_t flag) {
    KernelCode& code = hook.code();
    const Operand by = hook.integer_argument(1);
    const Operand before = hook.read(hook.thing(View::device), count);
    const ir::Label up = code.label();
    const ir::Label ours = code.label();
    code.branch(Cond::sgt, by, number(0), up);
    const Operand after = code.result({.op = Op::extend, .width = 4, .a = code.binary(Op::add, before, by)});
    hook.reject_if(Cond::ne, after, number(0));
    code.jump(ours);
    code.place(up);
    hook.reject_if(Cond::ne, before, number(0));
    code.place(ours);
    hook.values[EventField::device_flag] = code.result({.op = Op::constant, .a = number(flag)});
    switched(hook, by);
}

}  // namespace

void keep_address(Hook& hook) {
    KernelCode& code = hook.code();
    const ir::Slot before = address_of(hook);
    code.run(BPF_FUNC_map_update_elem,
             {code.map(address_map(hook)), code.address(call_on(hook, hook.thing(View::device))),
              code.address(code.in_slot(before)), number(BPF_ANY)});
}

// Setting the address that is there already changes nothing.
void address_set(Hook& hook) {
    KernelCode& code = hook.code();
    const uint32_t map = address_map(hook);
    const KernelPlace key = call_on(hook, hook.thing(View::device));
    const Operand before = code.call(BPF_FUNC_map_lookup_elem, {code.map(map), code.address(key)});
    hook.reject_if(Cond::eq, before, number(0));
    const ir::Slot now = address_of(hook);
    const ir::Label changed = code.label();
    for (int32_t at = 0; at < address_room; at += 8)
        code.branch(Cond::ne, code.load({before, at}, 8), code.load(code.in_slot(now, at), 8), changed);
    hook.reject();
    code.place(changed);
    hook.values[EventField::old_mac] = as_mac(code, code.load({before, 0}, 8));
    hook.values[EventField::new_mac] = as_mac(code, code.load(code.in_slot(now), 8));
    code.run(BPF_FUNC_map_delete_elem, {code.map(map), code.address(key)});
}

void promiscuity(Hook& hook) {
    const Operand by = hook.integer_argument(1);
    hook.values[EventField::inc] = by;
    switched(hook, by);
}

void promiscuous_flag(Hook& hook) { counted_flag(hook, "net_device.promiscuity", IFF_PROMISC); }

void all_multicast_flag(Hook& hook) { counted_flag(hook, "net_device.allmulti", IFF_ALLMULTI); }

// __dev_change_flags(device, flags): the flags that are to be; this one it sets whatever becomes of the others.
void multicast_flag(Hook& hook) {
    KernelCode& code = hook.code();
    const Operand wanted = code.binary(Op::and_, hook.argument(1), number(IFF_MULTICAST));
    const Operand before =
        code.binary(Op::and_, hook.read(hook.thing(View::device), "net_device.flags"), number(IFF_MULTICAST));
    hook.reject_if(Cond::eq, wanted, before);
    hook.values[EventField::device_flag] = code.result({.op = Op::constant, .a = number(IFF_MULTICAST)});
    hook.values[EventField::enable] = code.result({.op = Op::compare, .cond = Cond::ne, .a = wanted, .b = number(0)});
    hook.values[EventField::disable] = code.result({.op = Op::compare, .cond = Cond::eq, .a = wanted, .b = number(0)});
}

// While somebody still uses a device that is gone, the kernel repeats the notice every second
// (netdev_wait_allrefs_any()).
void device_leaves(Hook& hook) {
    constexpr int64_t unregistered = 3;  // NETREG_UNREGISTERED (include/linux/netdevice.h)
    hook.reject_if(Cond::eq, hook.read(hook.thing(View::device), "net_device.reg_state"), number(unregistered));
}

}  // namespace probevue
