// System calls on sockets that move no bytes, where the functions of the protocol cannot be hooked; and whose the
// socket is at calls where the kernel hands it over without a type.
#include <linux/bpf.h>
#include <sys/syscall.h>

#include <algorithm>

#include "compiler/hooks/conditions.h"
#include "compiler/kernel/home.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

// Numbers of 32-bit programs (arch/x86/entry/syscalls/syscall_32.tbl).
constexpr int64_t setsockopt_32bit = 366;
constexpr int64_t accept4_32bit = 364;

Operand as_int(KernelCode& code, Operand value) {
    return code.result({.op = Op::extend, .width = 4, .is_signed = true, .a = value});
}

// setsockopt(descriptor, level, option, value, length) of a socket of ours, by the registers that it was called with:
// the kernel keeps them up to the end of the call. Calls of 32-bit programs have them elsewhere, and are counted.
void option(Hook& hook, Operand call) {
    KernelCode& code = hook.code();
    const KernelPointer registers = hook.pointer_argument(0);
    const auto socket = [&](Operand descriptor) {
        const Operand file = code.binary(Op::and_, descriptor, number(0x7fffffff));
        take_socket(hook, hook.open_file(file, hook.rejected()), hook.rejected());
    };
    const ir::Label native = code.label();
    code.branch(Cond::eq, is_32bit_call(hook), number(0), native);
    hook.reject_if(Cond::ne, call, number(setsockopt_32bit));
    socket(hook.read(registers, "pt_regs.bx"));
    count_loss(code, KernelLoss::calls_32bit);
    hook.reject();
    code.place(native);
    hook.reject_if(Cond::ne, call, number(SYS_setsockopt));
    socket(hook.read(registers, "pt_regs.di"));
    hook.values[EventField::option_level] = as_int(code, hook.read(registers, "pt_regs.si"));
    hook.values[EventField::option] = as_int(code, hook.read(registers, "pt_regs.dx"));
    hook.values[EventField::option_length] =
        code.result({.op = Op::extend, .width = 4, .a = hook.read(registers, "pt_regs.r8")});
    by_current(hook);
}

}  // namespace

void by_current(Hook& hook) {
    if (std::any_of(hook.wanted.begin(), hook.wanted.end(), is_of_owner)) keep_current_as_owner(hook);
}

void option_call(Hook& hook) { option(hook, hook.argument(1)); }

void option_result(Hook& hook) { option(hook, hook.read(hook.pointer_argument(0), "pt_regs.orig_ax")); }

// accept() and accept4(): what they return is the descriptor, whatever the program's numbers are.
void accept_call(Hook& hook) {
    KernelCode& code = hook.code();
    const Operand call = hook.read(hook.pointer_argument(0), "pt_regs.orig_ax");
    const ir::Label native = code.label();
    const ir::Label ours = code.label();
    code.branch(Cond::eq, is_32bit_call(hook), number(0), native);
    code.branch(Cond::eq, call, number(accept4_32bit), ours);
    hook.reject();
    code.place(native);
    code.branch(Cond::eq, call, number(SYS_accept), ours);
    hook.reject_if(Cond::ne, call, number(SYS_accept4));
    code.place(ours);
    const Operand descriptor = hook.integer_argument(1);
    hook.reject_if(Cond::slt, descriptor, number(0));
    take_socket(hook, hook.open_file(descriptor, hook.rejected()), hook.rejected());
    by_current(hook);
}

}  // namespace probevue
