#include "compiler/place/selection.h"

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

}  // namespace

void prepare_selection(Hook& hook) {
    KernelCode& code = hook.code();
    hook.process = code.binary(Op::lshr, code.call(BPF_FUNC_get_current_pid_tgid, {}), number(32));
    if (hook.call_number) hook.reject_if(Cond::eq, *hook.process, number(hook.facts().own_process()));
}

void write_selection(Hook& hook, const Selection& selection, ir::Label other) {
    if (!selection.calls.empty()) write_calls(hook, selection.calls, other);
    if (selection.pid) hook.code().branch(Cond::ne, *hook.process, number(*selection.pid), other);
}

}  // namespace probevue
