// Behind the hook's condition, before the predicates: it may rely on what the condition has found out of process and
// call.
#include "compiler/hooks/selection.h"

#include "compiler/kernel/home.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

void write_calls(Hook& hook, const std::vector<SystemCall>& calls, ir::Label other) {
    KernelCode& code = hook.code();
    const ir::Label wanted = code.label();
    for (size_t i = 0; i < calls.size(); ++i) {
        const bool last = i + 1 == calls.size();
        code.branch(last ? Cond::ne : Cond::eq, *hook.call_number, number(calls[i].number), last ? other : wanted);
    }
    code.place(wanted);
}

// A number in @@sysproc is a process' or a thread's, of any that the event has to do with.
void write_process(Hook& hook, int64_t pid, ir::Label other) {
    KernelCode& code = hook.code();
    if (hook.row().kind != ProbeKind::sysproc) return code.branch(Cond::ne, *hook.process, number(pid), other);
    const ir::Label wanted = code.label();
    for (const std::optional<Operand>& one : {hook.process, hook.thread, hook.other_process, hook.other_thread}) {
        if (one) code.branch(Cond::eq, *one, number(pid), wanted);
    }
    code.jump(other);
    code.place(wanted);
}

}  // namespace

void prepare_selection(Hook& hook) {
    KernelCode& code = hook.code();
    if (hook.is_about_current()) {
        const Operand both = code.call(BPF_FUNC_get_current_pid_tgid, {});
        hook.process = code.binary(Op::lshr, both, number(32));
        hook.thread = code.result({.op = Op::extend, .width = 4, .a = both});
    } else {
        hook.process = hook.read(hook.task(), "task_struct.tgid");
        hook.thread = hook.read(hook.task(), "task_struct.pid");
    }
    for (const HookField& row : hook_fields(hook.row())) {
        if (row.field == EventField::target_pid)
            hook.other_process = hook.read(hook.pointer_argument(row.from), row.path);
        if (row.field == EventField::target_tid)
            hook.other_thread = hook.read(hook.pointer_argument(row.from), row.path);
    }
    if (hook.call_number) hook.reject_if(Cond::eq, *hook.process, number(hook.facts().own_process()));
}

void reject_32bit_calls(Hook& hook, const std::set<int64_t>& processes) {
    KernelCode& code = hook.code();
    const ir::Label other = code.label();
    const ir::Label wanted = code.label();
    code.branch(Cond::eq, *hook.call_is_32bit, number(0), other);
    for (const int64_t pid : processes) code.branch(Cond::eq, *hook.process, number(pid), wanted);
    if (!processes.empty()) hook.reject();
    code.place(wanted);
    count_loss(code, KernelLoss::calls_32bit);
    hook.reject();
    code.place(other);
}

void write_selection(Hook& hook, const Selection& selection, const std::optional<FilteredPacket>& packet,
                     ir::Label other) {
    if (!selection.calls.empty()) write_calls(hook, selection.calls, other);
    if (selection.pid) write_process(hook, *selection.pid, other);
    if (selection.filter != nullptr && packet) packet->write(*selection.filter, other);
}

}  // namespace probevue
