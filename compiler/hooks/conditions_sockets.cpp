// System calls on sockets that move no bytes, where the functions of the protocol cannot be hooked; and whose the
// socket is at calls where the kernel hands it over without a type.
#include <linux/bpf.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "builtins/base/address.h"
#include "builtins/unknown.h"
#include "compiler/hooks/conditions.h"
#include "compiler/kernel/home.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

Operand as_int(KernelCode& code, Operand value) {
    return code.result({.op = Op::extend, .width = 4, .is_signed = true, .a = value});
}

// Most calls that pass are others: they leave before anything is read of them.
void only_calls(Hook& hook, Operand call, std::initializer_list<int64_t> numbers) {
    const ir::Label maybe = hook.code().label();
    for (const int64_t one : numbers) {
        if (one >= 0) hook.code().branch(Cond::eq, call, number(one), maybe);
    }
    hook.reject();
    hook.code().place(maybe);
}

// What a system call was given, which the kernel keeps up to its end: the numbers of its first five arguments are in
// other registers where a 32-bit program calls.
class Given {
public:
    // Leaves unless the call has one of the numbers.
    Given(Hook& hook, Operand call, int64_t number_of_64bit, int64_t number_of_32bit);
    Operand operator[](size_t index) const { return Operand::of(registers_[index]); }

private:
    static constexpr size_t count = 5;
    std::array<ir::Reg, count> registers_{};
};

Given::Given(Hook& hook, Operand call, int64_t number_of_64bit, int64_t number_of_32bit) {
    const Processor& processor = hook.facts().processor();
    KernelCode& code = hook.code();
    const KernelPointer registers = hook.pointer_argument(0);
    for (ir::Reg& one : registers_) one = code.reg();
    const ir::Label native = code.label();
    const ir::Label done = code.label();
    only_calls(hook, call, {number_of_64bit, number_of_32bit});
    code.branch(Cond::eq, is_32bit_call(hook), number(0), native);
    hook.reject_if(Cond::ne, call, number(number_of_32bit));
    for (size_t i = 0; i < count; ++i)
        code.set(
            registers_[i],
            code.result({.op = Op::extend, .width = 4, .a = hook.read(registers, processor.call_arguments_32bit[i])}));
    code.jump(done);
    code.place(native);
    hook.reject_if(Cond::ne, call, number(number_of_64bit));
    for (size_t i = 0; i < count; ++i) code.set(registers_[i], hook.read(registers, processor.call_arguments[i]));
    code.place(done);
}

// The socket of ours that the descriptor is, an int; and its file.
KernelPointer socket_file(Hook& hook, Operand descriptor) {
    const Operand number_of_it = hook.code().result({.op = Op::extend, .width = 4, .a = descriptor});
    const KernelPointer file = hook.open_file(number_of_it, hook.rejected());
    take_socket(hook, file, hook.rejected());
    return file;
}

// setsockopt(descriptor, level, option, value, length). Of a negative length the socket does not hear.
void option(Hook& hook, Operand call) {
    KernelCode& code = hook.code();
    const Given given(hook, call, SYS_setsockopt, hook.facts().processor().calls_32bit.setsockopt);
    const Operand length = as_int(code, given[4]);
    hook.reject_if(Cond::slt, length, number(0));
    socket_file(hook, given[0]);
    hook.values[EventField::option_level] = as_int(code, given[1]);
    hook.values[EventField::option] = as_int(code, given[2]);
    hook.values[EventField::option_length] = length;
    by_current(hook);
}

// connect(descriptor, address, size) where the address is of no family: the socket gives up what it is connected to.
void disconnect(Hook& hook) {
    KernelCode& code = hook.code();
    const Given given(hook, hook.argument(1), SYS_connect, hook.facts().processor().calls_32bit.connect);
    hook.reject_if(Cond::slt, as_int(code, given[2]), number(2));
    const ir::Slot family = code.slot(8, "family");
    code.store(code.in_slot(family), 8, number(0));
    const Operand failed =
        code.call(BPF_FUNC_probe_read_user, {code.address(code.in_slot(family)), number(2), given[1]});
    hook.reject_if(Cond::ne, failed, number(0));
    hook.reject_if(Cond::ne, code.load(code.in_slot(family), 2), number(AF_UNSPEC));
    const KernelPointer file = socket_file(hook, given[0]);
    hook.values[EventField::call_flags] = hook.read(file, "file.f_flags");
}

// What the beginning of a call keeps of a socket for its end.
struct KeptEnds {
    IpAddress local;
    IpAddress remote;
    uint64_t local_port = 0;
    uint64_t remote_port = 0;
    uint64_t flags = 0;  // of a system call
};

constexpr std::pair<EventField, size_t> kept_fields[] = {
    {EventField::local_addr, offsetof(KeptEnds, local)},
    {EventField::remote_addr, offsetof(KeptEnds, remote)},
    {EventField::local_port, offsetof(KeptEnds, local_port)},
    {EventField::remote_port, offsetof(KeptEnds, remote_port)},
};

uint32_t ends_map(Hook& hook) {
    return hook.maps().remembered("ends of sockets, " + std::string(recorded_name(hook.row().kind)), 16,
                                  sizeof(KeptEnds));
}

// Leaves where the beginning has not been seen. Returns the flags of the system call.
Operand take_ends(Hook& hook) {
    KernelCode& code = hook.code();
    const uint32_t map = ends_map(hook);
    const KernelPlace key = call_on(hook, hook.socket());
    const Operand found = code.call(BPF_FUNC_map_lookup_elem, {code.map(map), code.address(key)});
    hook.reject_if(Cond::eq, found, number(0));
    for (const auto& [field, at] : kept_fields) {
        const auto size = static_cast<int32_t>(captured_size(field));
        const ir::Slot slot = code.slot(static_cast<uint32_t>(size), "end");
        for (int32_t i = 0; i < size; i += 8)
            code.store(code.in_slot(slot, i), 8, code.load({found, static_cast<int32_t>(at) + i}, 8));
        hook.slots[field] = slot;
    }
    const Operand flags = code.load({found, offsetof(KeptEnds, flags)}, 8);
    code.run(BPF_FUNC_map_delete_elem, {code.map(map), code.address(key)});
    return flags;
}

// Commands whose argument is a `struct ifreq`, from the first to the last (linux/sockios.h); others of 0x89xx are about
// sockets, routes, neighbours and bridges.
struct CommandRange {
    int64_t first;
    int64_t last;
};
constexpr CommandRange device_commands[] = {{0x8910, 0x8911}, {0x8913, 0x893f}, {0x8942, 0x894a}, {0x8970, 0x8971},
                                            {0x8990, 0x8995}, {0x89a2, 0x89a3}, {0x89b0, 0x89b1}, {0x89f0, 0x89ff}};
constexpr int64_t name_of_index = 0x8910;  // SIOCGIFNAME: the name is the answer
constexpr int64_t ioctl_32bit = 54;

}  // namespace

// ioctl(descriptor, command, argument) at a socket.
void device_call(Hook& hook) {
    KernelCode& code = hook.code();
    const Given given(hook, hook.argument(1), SYS_ioctl, ioctl_32bit);
    const Operand command = code.result({.op = Op::extend, .width = 4, .a = given[1]});
    const ir::Label ours = code.label();
    for (const auto& [first, last] : device_commands)
        code.branch(Cond::ule, code.binary(Op::sub, command, number(first)), number(last - first), ours);
    hook.reject();
    code.place(ours);
    const Operand descriptor = code.result({.op = Op::extend, .width = 4, .a = given[0]});
    const KernelPointer file = hook.open_file(descriptor, hook.rejected());
    const Operand mode = hook.read(hook.follow(file, "file.f_inode"), "inode.i_mode");
    hook.set_thing(View::any_socket, hook.socket_of(file, mode, hook.rejected()));
    hook.values[EventField::command] = command;
    constexpr uint32_t name_size = 16;  // IFNAMSIZ
    const ir::Slot name = code.slot(name_size, "device");
    for (const int32_t at : {0, 8}) code.store(code.in_slot(name, at), 8, number(0));
    hook.slots[EventField::command_argument] = name;
    hook.slots[EventField::dev_name] = name;
    if (!hook.wanted.contains(EventField::command_argument) && !hook.wanted.contains(EventField::dev_name)) return;
    const ir::Label known = code.label();
    code.branch(Cond::eq, command, number(name_of_index), known);
    const Operand got =
        code.call(BPF_FUNC_probe_read_user_str, {code.address(code.in_slot(name)), number(name_size), given[2]});
    code.branch(Cond::sge, got, number(0), known);
    // The memory is not there at the moment: without its name the event would be of no device.
    count_loss(code, KernelLoss::calls);
    hook.reject();
    code.place(known);
}

void by_current(Hook& hook) {
    if (std::any_of(hook.wanted.begin(), hook.wanted.end(), is_of_owner)) keep_current_as_owner(hook);
}

void option_call(Hook& hook) { option(hook, hook.argument(1)); }

void option_result(Hook& hook) { option(hook, hook.read(hook.pointer_argument(0), "registers.call_number")); }

// accept() and accept4(): what they return is the descriptor, whatever the program's numbers are.
void accept_call(Hook& hook) {
    KernelCode& code = hook.code();
    const Operand call = hook.read(hook.pointer_argument(0), "registers.call_number");
    const ir::Label native = code.label();
    const ir::Label ours = code.label();
    const CallNumbers& of_32bit = hook.facts().processor().calls_32bit;
    only_calls(hook, call, {SYS_accept, SYS_accept4, of_32bit.accept, of_32bit.accept4});
    code.branch(Cond::eq, is_32bit_call(hook), number(0), native);
    only_calls(hook, call, {of_32bit.accept, of_32bit.accept4});
    code.jump(ours);
    code.place(native);
    only_calls(hook, call, {SYS_accept, SYS_accept4});
    code.place(ours);
    const Operand descriptor = hook.integer_argument(1);
    hook.reject_if(Cond::slt, descriptor, number(0));
    take_socket(hook, hook.open_file(descriptor, hook.rejected()), hook.rejected());
    by_current(hook);
}

void disconnect_call(Hook& hook) {
    disconnect(hook);
    by_current(hook);
}

void keep_ends(Hook& hook) {
    KernelCode& code = hook.code();
    const ir::Slot kept = code.slot(sizeof(KeptEnds), "ends");
    for (const auto& [field, at] : kept_fields) write_field(hook, field, code.in_slot(kept, static_cast<int32_t>(at)));
    const auto flags = hook.values.find(EventField::call_flags);
    code.store(code.in_slot(kept, offsetof(KeptEnds, flags)), 8,
               flags == hook.values.end() ? number(0) : flags->second);
    code.run(BPF_FUNC_map_update_elem, {code.map(ends_map(hook)), code.address(call_on(hook, hook.socket())),
                                        code.address(code.in_slot(kept)), number(BPF_ANY)});
}

void keep_disconnect_call(Hook& hook) {
    disconnect(hook);
    keep_ends(hook);
}

// A function has these fields by rows too: what its entry kept counts, where it is asked for.
void kept_ends(Hook& hook) {
    const bool asked = std::any_of(std::begin(kept_fields), std::end(kept_fields),
                                   [&](const auto& one) { return hook.wanted.contains(one.first); });
    if (!asked) return;
    take_ends(hook);
}

// What connects to somebody has kept nothing.
void disconnect_result(Hook& hook) {
    const Operand call = hook.read(hook.pointer_argument(0), "registers.call_number");
    const Given given(hook, call, SYS_connect, hook.facts().processor().calls_32bit.connect);
    socket_file(hook, given[0]);
    hook.values[EventField::call_flags] = take_ends(hook);
    by_current(hook);
}

}  // namespace probevue
