// Conditions of processes, and which function stands for a row's code. They run behind the hook's roots and before its
// fields: what they put into Hook::values comes before what rows say.
#include "compiler/hooks/conditions.h"

#include <linux/bpf.h>

namespace probevue {

using ir::Cond;
using ir::Op;
using ir::Operand;

Operand is_32bit_call(Hook& hook) {
    constexpr int64_t compatible = 2;  // TS_COMPAT (arch/x86/include/asm/thread_info.h)
    const Operand status = hook.read(hook.task(), "task_struct.thread_info.status");
    return hook.code().binary(Op::and_, status, number(compatible));
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
        case HookCode::syn_sent:
            return syn_sent(hook);
        case HookCode::syn_not_seen:
            return syn_not_seen(hook);
        case HookCode::count_packet:
            return count_packet(hook);
        case HookCode::send_buffer:
            return send_buffer(hook);
        case HookCode::send_wait:
            return send_wait(hook);
        case HookCode::zero_window:
            return zero_window(hook);
        case HookCode::receive_refused:
            return receive_refused(hook);
        case HookCode::packet_addresses:
            return packet_addresses(hook);
        case HookCode::listen_packet:
            return listen_packet(hook);
        case HookCode::listen_request:
            return listen_request(hook);
        case HookCode::listen_ack:
            return listen_ack(hook, false);
        case HookCode::listen_ack6:
            return listen_ack(hook, true);
        case HookCode::unproven_peer:
            return unproven_peer(hook);
        case HookCode::send_call:
        case HookCode::receive_call:
            return socket_call(hook);
        case HookCode::sent_length:
        case HookCode::received_length:
            return socket_length(hook);
        case HookCode::option_call:
            return option_call(hook);
        case HookCode::option_result:
            return option_result(hook);
        case HookCode::kept_ends:
            return kept_ends(hook);
        case HookCode::disconnect_call:
            return disconnect_call(hook);
        case HookCode::disconnect_result:
            return disconnect_result(hook);
        case HookCode::connect_begins:
            return connect_begins(hook);
        case HookCode::accept_call:
            return accept_call(hook);
        case HookCode::by_current:
            return by_current(hook);
        case HookCode::dropped_device:
            return dropped_device(hook);
        case HookCode::no_reset:
            return no_reset(hook);
    }
}

}  // namespace probevue
