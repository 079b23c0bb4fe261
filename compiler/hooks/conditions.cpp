// Conditions of processes, and which function stands for a row's code. They run behind the hook's roots and before its
// fields: what they put into Hook::values comes before what rows say.
#include "compiler/hooks/conditions.h"

#include <linux/bpf.h>

#include <array>
#include <cstddef>

namespace probevue {

using ir::Cond;
using ir::Op;
using ir::Operand;

KernelPlace call_on(Hook& hook, KernelPointer thing) {
    KernelCode& code = hook.code();
    const ir::Slot key = code.slot(16, "call");
    code.store(code.in_slot(key), 8, code.call(BPF_FUNC_get_current_pid_tgid, {}));
    code.store(code.in_slot(key, 8), 8, thing.value);
    return code.in_slot(key);
}

Operand is_32bit_call(Hook& hook) {
    const Processor& processor = hook.facts().processor();
    return hook.code().binary(Op::and_, hook.read(hook.task(), processor.in_32bit), number(processor.in_32bit_mask));
}

// Calls of 32-bit programs have numbers of their own: the tuples' are not among them.
void system_call(Hook& hook, Operand call) {
    hook.call_is_32bit = is_32bit_call(hook);
    hook.call_number = call;
    hook.values[EventField::call_number] = call;
}

// The kernel returns a negative error number; the C library -1, and puts the number into errno.
void system_result(Hook& hook) {
    constexpr int64_t largest_error = 4095;  // MAX_ERRNO (include/linux/err.h)
    KernelCode& code = hook.code();
    system_call(hook, hook.read(hook.pointer_argument(0), "registers.call_number"));
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

namespace {

struct Condition {
    HookCode code;
    HookPart write;
    HookPart keep = nullptr;  // at the beginning of the call
};
// In the order of HookCode.
constexpr auto conditions = std::to_array<Condition>({
    {HookCode::none, [](Hook&) {}},
    {HookCode::system_call, [](Hook& hook) { system_call(hook, hook.argument(1)); }},
    {HookCode::system_result, system_result},
    {HookCode::last_thread, last_thread},
    {HookCode::state_change, state_change},
    {HookCode::syn_sent, syn_sent},
    {HookCode::syn_not_seen, syn_not_seen},
    {HookCode::count_packet, count_packet},
    {HookCode::send_buffer, send_buffer},
    {HookCode::send_wait, send_wait},
    {HookCode::zero_window, zero_window},
    {HookCode::receive_refused, receive_refused},
    {HookCode::packet_addresses, packet_addresses},
    {HookCode::listen_packet, listen_packet},
    {HookCode::listen_request, listen_request},
    {HookCode::listen_ack, [](Hook& hook) { listen_ack(hook, false); }},
    {HookCode::listen_ack6, [](Hook& hook) { listen_ack(hook, true); }},
    {HookCode::unproven_peer, unproven_peer},
    {HookCode::send_call, socket_call},
    {HookCode::sent_length, socket_length, keep_socket_call},
    {HookCode::receive_call, socket_call},
    {HookCode::received_length, socket_length, keep_socket_call},
    {HookCode::option_call, option_call},
    {HookCode::option_result, option_result},
    {HookCode::kept_ends, kept_ends, keep_ends},
    {HookCode::disconnect_call, disconnect_call},
    {HookCode::disconnect_result, disconnect_result, keep_disconnect_call},
    {HookCode::connect_begins, connect_begins},
    {HookCode::accept_call, accept_call},
    {HookCode::by_current, by_current},
    {HookCode::ip_received, ip_received},
    {HookCode::ip_sent, ip_sent},
    {HookCode::dropped_device, dropped_device},
    {HookCode::address_set, address_set, keep_address},
    {HookCode::promiscuity, promiscuity},
    {HookCode::promiscuous_flag, promiscuous_flag},
    {HookCode::all_multicast_flag, all_multicast_flag},
    {HookCode::multicast_flag, multicast_flag},
    {HookCode::device_leaves, device_leaves},
    {HookCode::device_call, device_call},
    {HookCode::delivered4, delivered4},
    {HookCode::delivered6, delivered6},
    {HookCode::no_reset, no_reset},
});
constexpr bool in_order() {
    for (size_t i = 0; i < conditions.size(); ++i) {
        if (static_cast<size_t>(conditions[i].code) != i) return false;
    }
    return conditions.back().code == HookCode::no_reset;  // the last one
}
static_assert(in_order());

}  // namespace

void write_condition(Hook& hook) { conditions[static_cast<size_t>(hook.row().code)].write(hook); }

HookPart kept_at_beginning(HookCode code) { return conditions[static_cast<size_t>(code)].keep; }

}  // namespace probevue
