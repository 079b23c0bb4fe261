// System calls that send or receive on a socket, where the functions of the protocol cannot be hooked.
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "builtins/unknown.h"
#include "compiler/hooks/conditions.h"
#include "compiler/kernel/home.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

// Where a system call has what it was given.
constexpr std::string_view first_argument = "registers.argument1";
constexpr std::string_view second_argument = "registers.argument2";
constexpr std::string_view third_argument = "registers.argument3";
constexpr std::string_view fourth_argument = "registers.argument4";

// Of what these send or receive, or in how many steps, nothing can be told in advance.
struct UnknownCall {
    int64_t number;
    std::string_view descriptor;  // empty: there may be several
};

// The system calls of one direction, by their numbers.
struct Calls {
    int64_t bytes;      // descriptor, address, size
    int64_t vector;     // descriptor, vector, pieces
    int64_t addressed;  // descriptor, address, size, flags, ...
    int64_t message;    // descriptor, message, flags
    bool of_nothing;    // does the socket hear of `bytes` with size 0? (net/socket.c, sock_read_iter(): SYS V matching)
    std::array<UnknownCall, 6> unknown;
    // Those that 32-bit programs make, with the descriptor in the first register.
    std::array<int64_t CallNumbers::*, 5> of_32bit;
};

constexpr Calls sending{
    SYS_write,
    SYS_writev,
    SYS_sendto,
    SYS_sendmsg,
    true,
    {{{SYS_sendmmsg, first_argument},
      {SYS_sendfile, first_argument},
      {SYS_pwritev2, first_argument},
      {SYS_splice, third_argument},
      {SYS_io_submit, {}},
      {SYS_io_uring_enter, {}}}},
    {&CallNumbers::write, &CallNumbers::writev, &CallNumbers::sendmmsg, &CallNumbers::sendto, &CallNumbers::sendmsg}};
// splice() takes the bytes of a TCP socket by another function, with which receiving has nothing to do.
constexpr Calls receiving{
    SYS_read,
    SYS_readv,
    SYS_recvfrom,
    SYS_recvmsg,
    false,
    {{{SYS_recvmmsg, first_argument}, {SYS_preadv2, first_argument}, {SYS_io_submit, {}}, {SYS_io_uring_enter, {}}}},
    {&CallNumbers::read, &CallNumbers::readv, &CallNumbers::recvmmsg, &CallNumbers::recvfrom, &CallNumbers::recvmsg}};

const Calls& calls_of(const HookRow& row) {
    return row.code == HookCode::receive_call || row.code == HookCode::received_length ? receiving : sending;
}

// What the beginning of a call keeps for its end.
struct KeptCall {
    uint64_t socket = 0;
    uint64_t size = 0;
    uint64_t flags = 0;
};

// What a register of the program holds behind all ways.
class Writer {
public:
    explicit Writer(Hook& hook)
        : hook_(hook), calls_(calls_of(hook.row())), code_(hook.code()), registers_(hook.pointer_argument(0)) {
        call_ = hook_.argument(1);
        size_ = code_.reg();
        flags_ = code_.reg();
        descriptor_ = code_.reg();
    }

    // Goes on behind with a call on a socket of ours, of which size and flags are known. Else leaves to `other`, or to
    // `unknown` when only what it moves is not.
    void write(ir::Label other, ir::Label unknown);
    Operand size() const { return Operand::of(size_); }
    Operand flags() const { return Operand::of(flags_); }
    void leave_if_unknown(ir::Label unknown, bool any);
    void calls_32bit(ir::Label other, ir::Label native);

private:
    Operand at(std::string_view path) { return hook_.read(registers_, path); }
    void add_up(Operand vector, Operand count, ir::Label unknown);
    Operand user_word(Operand address, int32_t offset, ir::Label unknown);
    void message(ir::Label unknown);

    Hook& hook_;
    const Calls& calls_;
    KernelCode& code_;
    KernelPointer registers_;
    Operand call_;
    ir::Reg size_ = 0;
    ir::Reg flags_ = 0;
    ir::Reg descriptor_ = 0;
    std::optional<ir::Slot> word_;
};

Operand Writer::user_word(Operand address, int32_t offset, ir::Label unknown) {
    if (!word_) word_ = code_.slot(8, "word");
    const Operand failed = code_.call(
        BPF_FUNC_probe_read_user, {code_.address(code_.in_slot(*word_)), number(8), code_.address({address, offset})});
    code_.branch(Cond::ne, failed, number(0), unknown);
    return code_.load(code_.in_slot(*word_), 8);
}

// Lengths of struct iovec. Programs have no loops: longer ones are not added up.
void Writer::add_up(Operand vector, Operand count, ir::Label unknown) {
    constexpr int32_t most = 64;
    constexpr int32_t each = 16;
    constexpr int32_t length_at = 8;
    const ir::Label done = code_.label();
    code_.branch(Cond::ugt, count, number(most), unknown);
    code_.set(size_, number(0));
    for (int32_t i = 0; i < most; ++i) {
        code_.branch(Cond::ule, count, number(i), done);
        const Operand length = user_word(vector, each * i + length_at, unknown);
        code_.set(size_, code_.binary(Op::add, Operand::of(size_), length));
    }
    code_.place(done);
}

// struct user_msghdr
void Writer::message(ir::Label unknown) {
    constexpr int32_t vector_at = 16;
    constexpr int32_t count_at = 24;
    const Operand header = at(second_argument);
    const ir::Reg vector = code_.reg();
    code_.set(vector, user_word(header, vector_at, unknown));
    add_up(Operand::of(vector), user_word(header, count_at, unknown), unknown);
}

// Calls of which nothing can be told. `any`: whatever they are about; else those on a socket of ours.
void Writer::leave_if_unknown(ir::Label unknown, bool any) {
    for (const UnknownCall& call : calls_.unknown) {
        if (call.number == 0) continue;  // the row is not used
        const ir::Label next = code_.label();
        code_.branch(Cond::ne, call_, number(call.number), next);
        if (any) {
            code_.jump(unknown);
        } else if (call.descriptor.empty()) {
            hook_.reject();
        } else {
            code_.set(descriptor_, code_.binary(Op::and_, at(call.descriptor), number(0x7fffffff)));
            take_socket(hook_, hook_.open_file(Operand::of(descriptor_), hook_.rejected()), hook_.rejected());
            code_.jump(unknown);
        }
        code_.place(next);
    }
}

// Those of 32-bit programs have other numbers. On a socket of ours they are counted.
void Writer::calls_32bit(ir::Label other, ir::Label native) {
    code_.branch(Cond::eq, is_32bit_call(hook_), number(0), native);
    const ir::Label ours = code_.label();
    const Processor& processor = hook_.facts().processor();
    for (const auto call : calls_.of_32bit) code_.branch(Cond::eq, call_, number(processor.calls_32bit.*call), ours);
    code_.jump(other);
    code_.place(ours);
    code_.set(descriptor_, code_.binary(Op::and_, at(processor.call_arguments_32bit.front()), number(0x7fffffff)));
    take_socket(hook_, hook_.open_file(Operand::of(descriptor_), other), other);
    count_loss(code_, KernelLoss::calls_32bit);
    code_.jump(other);
}

void Writer::write(ir::Label other, ir::Label unknown) {
    constexpr int64_t most = 0x7ffff000;  // MAX_RW_COUNT: the kernel takes no more at once
    const ir::Label ours = code_.label();
    for (const int64_t call : {calls_.bytes, calls_.vector, calls_.addressed, calls_.message})
        code_.branch(Cond::eq, call_, number(call), ours);
    code_.jump(other);
    code_.place(ours);
    // A descriptor is an int; one that is negative is beyond all tables.
    code_.set(descriptor_, code_.result({.op = Op::extend, .width = 4, .a = at(first_argument)}));
    const KernelPointer file = hook_.open_file(Operand::of(descriptor_), other);
    take_socket(hook_, file, other);
    const Operand status = hook_.read(file, "file.f_flags");

    const ir::Label vector = code_.label();
    const ir::Label addressed = code_.label();
    const ir::Label message_call = code_.label();
    const ir::Label known = code_.label();
    const ir::Label whole = code_.label();
    const ir::Label waits = code_.label();
    code_.set(flags_, number(0));
    code_.branch(Cond::eq, call_, number(calls_.vector), vector);
    code_.branch(Cond::eq, call_, number(calls_.message), message_call);
    code_.set(size_, at(third_argument));
    code_.branch(Cond::eq, call_, number(calls_.addressed), addressed);
    if (!calls_.of_nothing) code_.branch(Cond::eq, Operand::of(size_), number(0), other);
    code_.jump(known);
    code_.place(addressed);
    code_.set(flags_, code_.result({.op = Op::extend, .width = 4, .a = at(fourth_argument)}));
    code_.jump(known);
    code_.place(vector);
    add_up(at(second_argument), at(third_argument), unknown);
    code_.branch(Cond::eq, Operand::of(size_), number(0), other);  // the socket does not hear of it
    code_.jump(known);
    code_.place(message_call);
    message(unknown);
    code_.set(flags_, code_.result({.op = Op::extend, .width = 4, .a = at(third_argument)}));
    code_.place(known);
    code_.branch(Cond::ule, Operand::of(size_), number(most), whole);
    code_.set(size_, number(most));
    code_.place(whole);
    code_.branch(Cond::eq, code_.binary(Op::and_, status, number(O_NONBLOCK)), number(0), waits);
    code_.set(flags_, code_.binary(Op::or_, Operand::of(flags_), number(MSG_DONTWAIT)));
    code_.place(waits);
}

std::string map_name(const Hook& hook) { return "system calls of " + std::string(recorded_name(hook.row().kind)); }

KernelPlace thread_key(KernelCode& code) {
    const ir::Slot key = code.slot(8, "thread");
    code.store(code.in_slot(key), 8, code.call(BPF_FUNC_get_current_pid_tgid, {}));
    return code.in_slot(key);
}

}  // namespace

void take_socket(Hook& hook, KernelPointer file, ir::Label other) {
    KernelCode& code = hook.code();
    const Operand mode = hook.read(hook.follow(file, "file.f_inode"), "inode.i_mode");
    const KernelPointer sock = hook.socket_of(file, mode, other);
    const Operand family = hook.read(sock, "sock.__sk_common.skc_family");
    const ir::Label internet = code.label();
    code.branch(Cond::eq, family, number(AF_INET), internet);
    code.branch(Cond::ne, family, number(AF_INET6), other);
    code.place(internet);
    code.branch(Cond::ne, hook.read(sock, "sock.sk_protocol"), number(hook.row().protocol), other);
    hook.set_thing(View::sock, sock);
    if (hook.network) code.branch(Cond::ne, network_of(hook), number(*hook.network), other);
}

void socket_call(Hook& hook) {
    KernelCode& code = hook.code();
    Writer writer(hook);
    const ir::Label native = code.label();
    const ir::Label unknown = code.label();
    const ir::Label known = code.label();
    writer.calls_32bit(hook.rejected(), native);
    code.place(native);
    writer.leave_if_unknown(unknown, false);
    writer.write(hook.rejected(), unknown);
    code.jump(known);
    code.place(unknown);
    count_loss(code, KernelLoss::calls);
    hook.reject();
    code.place(known);
    hook.values[EventField::call_size] = writer.size();
    hook.values[EventField::call_flags] = writer.flags();
    if (std::any_of(hook.wanted.begin(), hook.wanted.end(), is_of_owner)) keep_current_as_owner(hook);
}

// What a thread has kept is of its last call that could be one of ours: whatever other call is next takes it away.
void keep_socket_call(Hook& hook) {
    KernelCode& code = hook.code();
    Writer writer(hook);
    const uint32_t map = hook.maps().remembered(map_name(hook), 8, sizeof(KeptCall));
    const ir::Label native = code.label();
    const ir::Label unknown = code.label();
    const ir::Label known = code.label();
    const KernelPlace key = thread_key(code);
    writer.calls_32bit(unknown, native);
    code.place(native);
    writer.leave_if_unknown(unknown, true);
    writer.write(hook.rejected(), unknown);
    code.jump(known);
    code.place(unknown);
    code.run(BPF_FUNC_map_delete_elem, {code.map(map), code.address(key)});
    hook.reject();
    code.place(known);
    const ir::Slot kept = code.slot(sizeof(KeptCall), "call");
    code.store(code.in_slot(kept, offsetof(KeptCall, socket)), 8, hook.socket().value);
    code.store(code.in_slot(kept, offsetof(KeptCall, size)), 8, writer.size());
    code.store(code.in_slot(kept, offsetof(KeptCall, flags)), 8, writer.flags());
    code.run(BPF_FUNC_map_update_elem,
             {code.map(map), code.address(key), code.address(code.in_slot(kept)), number(BPF_ANY)});
}

// A socket has sent or received. Where what it was given is asked for and not known, because another way led to it or
// the call began before we did, the event is lost, and counted.
void socket_length(Hook& hook) {
    KernelCode& code = hook.code();
    if (!hook.wanted.contains(EventField::call_size) && !hook.wanted.contains(EventField::call_flags)) return;
    const uint32_t map = hook.maps().remembered(map_name(hook), 8, sizeof(KeptCall));
    const KernelPlace key = thread_key(code);
    const ir::Label unknown = code.label();
    const ir::Label known = code.label();
    const Operand found = code.call(BPF_FUNC_map_lookup_elem, {code.map(map), code.address(key)});
    code.branch(Cond::eq, found, number(0), unknown);
    const Operand size = code.load({found, offsetof(KeptCall, size)}, 8);
    const Operand flags = code.load({found, offsetof(KeptCall, flags)}, 8);
    code.branch(Cond::eq, code.load({found, offsetof(KeptCall, socket)}, 8), hook.socket().value, known);
    code.place(unknown);
    count_loss(code, KernelLoss::calls);
    hook.reject();
    code.place(known);
    code.run(BPF_FUNC_map_delete_elem, {code.map(map), code.address(key)});
    hook.values[EventField::call_size] = size;
    hook.values[EventField::call_flags] = flags;
}

}  // namespace probevue
