#include "compiler/hooks/owners.h"

#include <fmt/format.h>
#include <linux/bpf.h>
#include <sys/socket.h>

#include <cstddef>
#include <utility>

#include "builtins/giving.h"
#include "compiler/hooks/conditions.h"
#include "compiler/hooks/hook.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

constexpr int32_t name_size = sizeof(KernelOwner::name);
constexpr int32_t pid_at = offsetof(KernelOwner, pid);
constexpr int32_t uid_at = offsetof(KernelOwner, uid);
constexpr int32_t name_at = offsetof(KernelOwner, name);
constexpr int32_t seeded_at = offsetof(KernelOwner, seeded);

// Process and user are exchanged in one step: nobody sees one of one process and one of another.
static_assert(uid_at == pid_at + 4 && pid_at % 8 == 0 && name_size == 16);

void copy(KernelCode& code, KernelPlace to, KernelPlace from, int32_t bytes) {
    for (int32_t at = 0; at < bytes; at += 8)
        code.store({to.base, to.offset + at}, 8, code.load({from.base, from.offset + at}, 8));
}

// Where the fields of the owner are kept, as in an event frame.
struct Kept {
    ir::Slot pid;
    ir::Slot uid;
    ir::Slot name;
};

Kept make_slots(Hook& hook) {
    KernelCode& code = hook.code();
    const Kept kept{code.slot(8, "owner_pid"), code.slot(8, "owner_uid"), code.slot(name_size, "owner_name")};
    hook.slots[EventField::owner_pid] = kept.pid;
    hook.slots[EventField::owner_uid] = kept.uid;
    hook.slots[EventField::owner_name] = kept.name;
    return kept;
}

// The event's socket with the type by which the kernel's verifier knows it; leaves to `none` where there is none.
Operand typed_socket(Hook& hook, const Reading& way, ir::Label none) {
    const Root& root = *way.root;
    // What is asked for with doubt (Hook::doubtful_argument, dropped_device()) has lost its type.
    const bool is_argument = root.argument >= 0 && root.path.empty();
    KernelPointer from = is_argument ? hook.pointer_argument(root.argument) : hook.thing(root.view);
    if (!way.lead->path.empty()) from = hook.follow(from, way.lead->path);
    if (root.may_lack || !way.lead->path.empty()) hook.code().branch(Cond::eq, from.value, number(0), none);
    return from.value;
}

// Of the process whose leader that is: threads have names of their own.
void read_name(Hook& hook, KernelPointer leader, KernelPlace to) {
    const auto offset = static_cast<int32_t>(hook.offset_of("task_struct.comm"));
    hook.read_bytes(to, hook.code().address({leader.value, offset}), name_size);
}

// The programs that note. Each writes a KernelOwner, and notes it with the socket.
class Writer {
public:
    Writer(const KernelFacts& facts, const SocketUse& use, const HookRow& row, KernelMaps maps)
        : use_(use), hook_(facts, row, use.target, maps), code_(hook_.code()), map_(maps.owners()) {}

    ir::Function write();
    const std::string& missing() const { return hook_.missing(); }

private:
    void of_current();
    void of_descriptor();
    Operand socket();
    Operand noted(Operand socket);

    const SocketUse& use_;
    Hook hook_;
    KernelCode& code_;
    uint32_t map_;
    ir::Slot owner_ = 0;
};

// Where it is kept with the socket, made of `owner_` where there was nothing; leaves where there is no room.
Operand Writer::noted(Operand socket) {
    const Operand found = code_.call(
        BPF_FUNC_sk_storage_get,
        {code_.map(map_), socket, code_.address(code_.in_slot(owner_)), number(BPF_SK_STORAGE_GET_F_CREATE)});
    hook_.reject_if(Cond::eq, found, number(0));
    return found;
}

Operand Writer::socket() {
    if (use_.point == UsePoint::creation) return code_.result({.op = Op::machine_context});
    KernelPointer from = hook_.pointer_argument(use_.argument);
    if (!use_.path.empty()) {
        from = hook_.follow(from, use_.path);
        hook_.reject_if(Cond::eq, from.value, number(0));
    }
    // Sockets of UNIX are used most, and have no events.
    hook_.reject_if(Cond::eq, hook_.read(from, "sock.__sk_common.skc_family"), number(AF_UNIX));
    return from.value;
}

// A process uses a socket.
void Writer::of_current() {
    constexpr int64_t kernel_thread = 0x00200000;  // PF_KTHREAD (include/linux/sched.h)
    if (use_.begins) {
        const ir::Label begins = code_.label();
        const Operand state = hook_.integer_argument(2);
        code_.branch(Cond::eq, state, number(linux_syn_sent), begins);
        hook_.reject_if(Cond::ne, state, number(linux_listening));
        code_.place(begins);
    }
    const Operand socket_used = socket();
    // A packet's program is not handed a task with a type, nor is that of a new socket.
    const KernelPointer task =
        use_.point == UsePoint::creation ? KernelPointer{code_.call(BPF_FUNC_get_current_task, {}), 0} : hook_.task();
    const Operand flags = code_.binary(Op::and_, hook_.read(task, "task_struct.flags"), number(kernel_thread));
    hook_.reject_if(Cond::ne, flags, number(0));
    const Operand process = code_.binary(Op::lshr, code_.call(BPF_FUNC_get_current_pid_tgid, {}), number(32));
    code_.store(code_.in_slot(owner_, pid_at), 4, process);
    code_.store(code_.in_slot(owner_, uid_at), 4, code_.call(BPF_FUNC_get_current_uid_gid, {}));
    read_name(hook_, hook_.follow(task, "task_struct.group_leader"), code_.in_slot(owner_, name_at));
    code_.store(code_.in_slot(owner_, seeded_at), 8, number(0));
    copy(code_, {noted(socket_used), 0}, code_.in_slot(owner_), sizeof(KernelOwner));
}

// A process has a socket open. What is known from a use of it stays. Who of several processes that have it open has
// used it last cannot be known.
void Writer::of_descriptor() {
    constexpr int32_t task_at = 8;  // struct bpf_iter__task_file (kernel/bpf/task_iter.c)
    constexpr int32_t file_at = 24;
    const Operand of_task = code_.argument(task_at, 8);
    hook_.reject_if(Cond::eq, of_task, number(0));
    const Operand file = code_.argument(file_at, 8);
    hook_.reject_if(Cond::eq, file, number(0));
    const Operand found = code_.call(BPF_FUNC_sock_from_file, {file});
    hook_.reject_if(Cond::eq, found, number(0));
    const KernelPointer sock = hook_.follow({found, hook_.facts().struct_size("socket").value_or(0)}, "socket.sk");
    hook_.reject_if(Cond::eq, sock.value, number(0));
    hook_.reject_if(Cond::eq, hook_.read(sock, "sock.__sk_common.skc_family"), number(AF_UNIX));
    const KernelPointer task{of_task, 0};
    const Operand process = hook_.read(task, "task_struct.tgid");
    code_.store(code_.in_slot(owner_, pid_at), 4, process);
    code_.store(code_.in_slot(owner_, uid_at), 4, hook_.read(task, "task_struct.cred->uid.val"));
    read_name(hook_, hook_.follow(task, "task_struct.group_leader"), code_.in_slot(owner_, name_at));
    code_.store(code_.in_slot(owner_, seeded_at), 8, number(1));
    const Operand kept = noted(sock.value);
    hook_.reject_if(Cond::eq, code_.load({kept, seeded_at}, 8), number(0));
    hook_.reject_if(Cond::eq, code_.load({kept, pid_at}, 4), process);
    code_.store({kept, pid_at}, 8, number(0));
}

ir::Function Writer::write() {
    // What the program of a new socket returns decides whether it may be made.
    const int64_t result = use_.point == UsePoint::creation ? 1 : 0;
    code_.function().name = fmt::format("owners {}", use_.target.empty() ? "creation" : use_.target);
    hook_.set_rejected(code_.label());
    owner_ = code_.slot(sizeof(KernelOwner), "owner");
    if (use_.point == UsePoint::descriptors) {
        of_descriptor();
    } else {
        of_current();
    }
    code_.place(hook_.rejected());
    code_.leave(result);
    return std::move(code_.function());
}

// The row of a hook that has the arguments as the program has them.
HookRow row_of(const SocketUse& use) {
    HookRow row{};
    const bool function = use.point == UsePoint::entry || use.point == UsePoint::exit;
    row.rung = function ? Rung::function : Rung::tracepoint;
    row.point = use.point == UsePoint::entry  ? HookPoint::entry
                : use.point == UsePoint::exit ? HookPoint::exit
                                              : HookPoint::tracepoint;
    row.target = use.target;
    return row;
}

constexpr std::string_view lengths = "sock_send_length";

// Is the program one of those that the kernel needs, and can be had there?
bool is_needed(const SocketUse& use, const KernelFacts& facts) {
    const bool functions = facts.refusal(Rung::function).empty();
    if (use.need == UseNeed::without_functions && functions) return false;
    if (use.need == UseNeed::without_lengths && facts.tracepoint(lengths)) return false;
    switch (use.point) {
        case UsePoint::tracepoint:
            return facts.tracepoint(use.target).has_value();
        case UsePoint::entry:
        case UsePoint::exit:
            return functions && facts.function(use.target);
        case UsePoint::creation:
            return facts.refusal(Rung::cgroup).empty();
        case UsePoint::descriptors:
            return true;
    }
    return false;
}

std::optional<Prototype> prototype_of_use(const SocketUse& use, const KernelFacts& facts) {
    if (use.point == UsePoint::creation) return Prototype{};
    return use.point == UsePoint::tracepoint ? facts.tracepoint(use.target) : facts.function(use.target);
}

}  // namespace

bool is_of_owner(EventField field) {
    return field == EventField::owner_pid || field == EventField::owner_uid || field == EventField::owner_name;
}

bool keep_owner(Hook& hook) {
    if (hook.slots.contains(EventField::owner_pid)) return true;
    const std::vector<Reading> ways = readings(hook.row(), EventField::owner_pid);
    if (ways.empty()) return false;
    if (const std::string refusal = owners_refusal(hook.facts()); !refusal.empty()) hook.lacks(refusal);
    KernelCode& code = hook.code();
    const uint32_t map = hook.maps().owners();
    const Kept kept = make_slots(hook);
    const ir::Label done = code.label();
    for (const Reading& way : ways) {
        const ir::Label unknown = code.label();
        const Operand socket = typed_socket(hook, way, unknown);
        // One that is no more than a request or waits for late packets has none; the helper says so by itself.
        const Operand found = code.call(BPF_FUNC_sk_storage_get, {code.map(map), socket, number(0), number(0)});
        code.branch(Cond::eq, found, number(0), unknown);
        const Operand both = code.load({found, pid_at}, 8);
        const Operand process = code.result({.op = Op::extend, .width = 4, .a = both});
        code.branch(Cond::eq, process, number(0), unknown);
        code.store(code.in_slot(kept.pid), 8, process);
        code.store(code.in_slot(kept.uid), 8, code.binary(Op::lshr, both, number(32)));
        copy(code, code.in_slot(kept.name), {found, name_at}, name_size);
        code.jump(done);
        code.place(unknown);
    }
    code.store(code.in_slot(kept.pid), 8, number(-1));
    code.store(code.in_slot(kept.uid), 8, number(-1));
    for (int32_t at = 0; at < name_size; at += 8) code.store(code.in_slot(kept.name, at), 8, number(0));
    code.place(done);
    return true;
}

void keep_current_as_owner(Hook& hook) {
    KernelCode& code = hook.code();
    const Kept kept = make_slots(hook);
    const KernelPointer task = hook.task();
    code.store(code.in_slot(kept.pid), 8,
               code.binary(Op::lshr, code.call(BPF_FUNC_get_current_pid_tgid, {}), number(32)));
    const Operand both = code.call(BPF_FUNC_get_current_uid_gid, {});
    code.store(code.in_slot(kept.uid), 8, code.result({.op = Op::extend, .width = 4, .a = both}));
    read_name(hook, hook.follow(task, "task_struct.group_leader"), code.in_slot(kept.name));
}

std::string owners_refusal(const KernelFacts& facts) {
    const std::string functions = facts.refusal(Rung::function);
    if (functions.empty() || facts.tracepoint(lengths)) return {};
    return fmt::format("nothing tells who uses sockets: the kernel has no tracepoint `{}`, and {}", lengths, functions);
}

std::string write_owner_programs(ir::Module& module, const KernelFacts& facts) {
    for (const SocketUse& use : socket_uses()) {
        if (!is_needed(use, facts)) continue;
        const HookRow row = row_of(use);
        Writer writer(facts, use, row, KernelMaps(module.program.kernel_maps));
        ir::Function function = writer.write();
        if (!writer.missing().empty()) return fmt::format("nothing tells who uses sockets: {}", writer.missing());
        const std::optional<Prototype> prototype = prototype_of_use(use, facts);
        module.owners.push_back(std::move(function));
        module.program.owner_programs.push_back({&use, prototype ? prototype->btf_id : 0, {}});
    }
    return {};
}

}  // namespace probevue
