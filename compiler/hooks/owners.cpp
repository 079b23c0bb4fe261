#include "compiler/hooks/owners.h"

#include <fmt/format.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "builtins/giving.h"
#include "compiler/hooks/conditions.h"
#include "compiler/hooks/ends.h"
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
    if (way.may_lack()) hook.code().branch(Cond::eq, from.value, number(0), none);
    return from.value;
}

// Of the process whose leader that is: threads have names of their own.
void read_name(Hook& hook, KernelPointer leader, KernelPlace to) {
    hook.read_array(to, leader, "task_struct.comm", name_size);
}

struct CurrentUser {
    Operand process;  // its number in the initial namespace, 4 bytes
    Operand uid;      // as the initial namespace of users numbers it, 4 bytes
};

// Whose the running thread is. Helpers say so for a call each, of which the one for users goes through the mapping of a
// namespace that maps each number to itself (bpf_get_current_uid_gid, kernel/bpf/helpers.c): loads say the same for
// less, where `task` has a type.
CurrentUser current_user(Hook& hook, KernelPointer task) {
    if (task.known != 0) {
        return {hook.read(task, "task_struct.tgid"), hook.read(task, "task_struct.cred->uid.val")};
    }
    KernelCode& code = hook.code();
    const Operand process = code.binary(Op::lshr, code.call(BPF_FUNC_get_current_pid_tgid, {}), number(32));
    const Operand both = code.call(BPF_FUNC_get_current_uid_gid, {});
    return {process, code.result({.op = Op::extend, .width = 4, .a = both})};
}

// The programs that note. Each writes a KernelOwner, and notes it with the socket; where ends are kept, those too.
class Writer {
public:
    Writer(const KernelFacts& facts, const SocketUse& use, const HookRow& row, KernelMaps maps)
        : use_(use),
          hook_(facts, row, use.target, maps),
          code_(hook_.code()),
          map_(maps.owners()),
          with_ends_(maps.has_ends()) {}

    ir::Function write();
    const std::string& missing() const { return hook_.missing(); }

private:
    void of_current();
    void of_descriptor();
    void of_state();
    void of_packet();
    void of_release();
    KernelPointer socket();
    Operand noted(Operand socket);
    Operand kept(Operand socket);
    Operand present(Operand socket);
    Operand note_owner(Operand socket, ir::Reg with_socket);
    uint32_t kept_size() const { return with_ends_ ? sizeof(KernelSocket) : sizeof(KernelOwner); }

    const SocketUse& use_;
    Hook hook_;
    KernelCode& code_;
    uint32_t map_;
    bool with_ends_;
    ir::Slot owner_ = 0;
};

// Where it is kept with the socket, made of `owner_` where there was nothing; leaves where there is no room.
Operand Writer::noted(Operand socket) {
    code_.zero(code_.in_slot(owner_, sizeof(KernelOwner)), kept_size() - sizeof(KernelOwner));
    const Operand found = code_.call(
        BPF_FUNC_sk_storage_get,
        {code_.map(map_), socket, code_.address(code_.in_slot(owner_)), number(BPF_SK_STORAGE_GET_F_CREATE)});
    hook_.reject_if(Cond::eq, found, number(0));
    return found;
}

// What is there already, or 0.
Operand Writer::present(Operand socket) {
    return code_.call(BPF_FUNC_sk_storage_get, {code_.map(map_), socket, number(0), number(0)});
}

// The same; leaves where there is nothing.
Operand Writer::kept(Operand socket) {
    const Operand found = present(socket);
    hook_.reject_if(Cond::eq, found, number(0));
    return found;
}

// Mostly a socket's user is the one that has used it last, by the same name: then nothing is written. Not 0: it is
// another one, or the first. `with_socket`: where it is kept.
Operand Writer::note_owner(Operand socket, ir::Reg with_socket) {
    const ir::Reg changed = code_.reg();
    const ir::Label first = code_.label();
    const ir::Label other = code_.label();
    const ir::Label known = code_.label();
    code_.set(changed, number(1));
    code_.set(with_socket, present(socket));
    code_.branch(Cond::eq, Operand::of(with_socket), number(0), first);
    for (const int32_t at : {pid_at, name_at, name_at + 8, seeded_at})
        code_.branch(Cond::ne, code_.load({Operand::of(with_socket), at}, 8), code_.load(code_.in_slot(owner_, at), 8),
                     other);
    code_.set(changed, number(0));
    code_.jump(known);
    code_.place(first);
    code_.set(with_socket, noted(socket));
    code_.place(other);
    code_.copy({Operand::of(with_socket), 0}, code_.in_slot(owner_), sizeof(KernelOwner));
    code_.place(known);
    return Operand::of(changed);
}

KernelPointer Writer::socket() {
    if (is_of_cgroup(use_.point)) return {code_.result({.op = Op::machine_context}), 0};
    KernelPointer from = hook_.pointer_argument(use_.argument);
    if (!use_.path.empty()) {
        from = hook_.follow(from, use_.path);
        hook_.reject_if(Cond::eq, from.value, number(0));
    }
    // Sockets of UNIX are used most, and have no events.
    hook_.reject_if(Cond::eq, hook_.read(from, "sock.__sk_common.skc_family"), number(AF_UNIX));
    return from;
}

// A process uses a socket.
void Writer::of_current() {
    constexpr int64_t kernel_thread = 0x00200000;  // PF_KTHREAD (include/linux/sched.h)
    std::optional<Operand> state;
    if (use_.begins) {
        const ir::Label begins = code_.label();
        state = hook_.integer_argument(2);
        code_.branch(Cond::eq, *state, number(linux_syn_sent), begins);
        hook_.reject_if(Cond::ne, *state, number(linux_listening));
        code_.place(begins);
    }
    const KernelPointer socket_used = socket();
    // A packet's program is not handed a task with a type, nor is that of a new socket.
    const KernelPointer task =
        is_of_cgroup(use_.point) ? KernelPointer{code_.call(BPF_FUNC_get_current_task, {}), 0} : hook_.task();
    const Operand flags = code_.binary(Op::and_, hook_.read(task, "task_struct.flags"), number(kernel_thread));
    hook_.reject_if(Cond::ne, flags, number(0));
    const CurrentUser user = current_user(hook_, task);
    code_.store(code_.in_slot(owner_, pid_at), 4, user.process);
    code_.store(code_.in_slot(owner_, uid_at), 4, user.uid);
    read_name(hook_, hook_.follow(task, "task_struct.group_leader"), code_.in_slot(owner_, name_at));
    code_.store(code_.in_slot(owner_, seeded_at), 8, number(0));
    const ir::Reg with_socket = code_.reg();
    const Operand changed = note_owner(socket_used.value, with_socket);
    if (!with_ends_) return;
    const NotedSocket noted{socket_used, Operand::of(with_socket)};
    if (use_.kind == UseKind::sending) {
        // Packets tell when a datagram socket's ends change (of_packet()), and do so before an answer can come. The
        // first one may wait for its neighbour's address, and its socket be gone when it leaves.
        const ir::Label look = code_.label();
        code_.branch(Cond::ne, changed, number(0), look);
        code_.branch(Cond::eq, noted_port(hook_, noted), number(0), look);
        hook_.reject_if(Cond::eq, hook_.read(socket_used, "sock.sk_protocol"), number(IPPROTO_UDP));
        code_.place(look);
    }
    note_ends(hook_, noted, state, changed);
}

// A connection of TCP has got its ends, or is over.
void Writer::of_state() {
    const KernelPointer of = socket();
    const Operand state = hook_.integer_argument(2);
    const NotedSocket all{of, kept(of.value)};
    const ir::Label over = code_.label();
    code_.branch(Cond::eq, state, number(linux_closed), over);
    note_ends(hook_, all, state, number(0));
    hook_.reject();
    code_.place(over);
    forget_ends(hook_, all);
}

// A packet leaves, after its socket has got a port: when connect() or the first datagram chose one, nothing else tells
// of it as early as an answer can come.
void Writer::of_packet() {
    const KernelPointer of = hook_.follow(hook_.pointer_argument(0), use_.path);
    hook_.reject_if(Cond::eq, of.value, number(0));
    const ir::Label internet = code_.label();
    const ir::Label request = code_.label();
    const Operand family = hook_.read(of, "sock.__sk_common.skc_family");
    code_.branch(Cond::eq, family, number(AF_INET), internet);
    hook_.reject_if(Cond::ne, family, number(address_family_inet6));
    code_.place(internet);
    const Operand state = hook_.read(of, "sock.__sk_common.skc_state");
    code_.branch(Cond::eq, state, number(linux_new_request), request);
    hook_.reject_if(Cond::eq, state, number(linux_time_wait));
    // Of a connection changes of its state tell all that comes later.
    const ir::Label opens = code_.label();
    code_.branch(Cond::eq, state, number(linux_syn_sent), opens);
    hook_.reject_if(Cond::eq, hook_.read(of, "sock.sk_protocol"), number(IPPROTO_TCP));
    code_.place(opens);
    note_ends(hook_, {of, kept(of.value)}, std::nullopt, number(0));
    hook_.reject();
    code_.place(request);
    forget_ends_of_request(hook_, of);
}

// Nobody has it open any more. A connection of TCP lives on until it is over; a datagram socket has its ends no more,
// and what it has sent may still be waiting for a neighbour's address.
void Writer::of_release() {
    hook_.reject_if(Cond::ne, code_.argument(offsetof(bpf_sock, protocol), 4), number(IPPROTO_UDP));
    const KernelPointer of = socket();
    const NotedSocket all{of, kept(of.value)};
    code_.store({all.kept, offsetof(KernelSocket, released)}, 8, number(1));
    forget_ends(hook_, all);
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
    const Operand with_socket = noted(sock.value);
    hook_.reject_if(Cond::eq, code_.load({with_socket, seeded_at}, 8), number(0));
    const ir::Label same = code_.label();
    const ir::Reg several = code_.reg();
    code_.set(several, number(0));
    code_.branch(Cond::eq, code_.load({with_socket, pid_at}, 4), process, same);
    code_.store({with_socket, pid_at}, 8, number(0));
    code_.set(several, number(1));
    code_.place(same);
    if (with_ends_) note_ends(hook_, {sock, with_socket}, std::nullopt, Operand::of(several));
}

ir::Function Writer::write() {
    // What the program of a new socket returns decides whether it may be made.
    const int64_t result = is_of_cgroup(use_.point) ? 1 : 0;
    code_.function().name = fmt::format("owners {}", describe(use_));
    hook_.set_rejected(code_.label());
    const bool is_use = !is_of_ends(use_.kind) || use_.kind == UseKind::binding;
    if (is_use) owner_ = code_.slot(kept_size(), "owner");
    switch (use_.kind) {
        case UseKind::user:
        case UseKind::sending:
        case UseKind::binding:
            use_.point == UsePoint::descriptors ? of_descriptor() : of_current();
            break;
        case UseKind::state:
            of_state();
            break;
        case UseKind::packet:
            of_packet();
            break;
        case UseKind::release:
            of_release();
            break;
    }
    code_.place(hook_.rejected());
    code_.leave(result);
    return std::move(code_.function());
}

// Programs of cgroups and of files read their arguments as those of a tracepoint are read.
HookPoint point_of(UsePoint point) {
    if (point == UsePoint::entry) return HookPoint::entry;
    return point == UsePoint::exit ? HookPoint::exit : HookPoint::tracepoint;
}

constexpr std::string_view lengths = "sock_send_length";

// Is the program one of those that the kernel needs, and can be had there?
bool is_needed(const SocketUse& use, const KernelFacts& facts, bool with_ends) {
    if (is_of_ends(use.kind) && !with_ends) return false;
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
        case UsePoint::bound4:
        case UsePoint::bound6:
        case UsePoint::release:
            return facts.refusal(Rung::cgroup).empty();
        case UsePoint::descriptors:
            return true;
    }
    return false;
}

std::optional<Prototype> prototype_of_use(const SocketUse& use, const KernelFacts& facts) {
    if (is_of_cgroup(use.point)) return Prototype{};
    return use.point == UsePoint::tracepoint ? facts.tracepoint(use.target) : facts.function(use.target);
}

// One that is no more than a request or waits for late packets has none; the helper says so by itself.
Operand owner_of_socket(Hook& hook, uint32_t map, Operand socket, ir::Label unknown) {
    KernelCode& code = hook.code();
    const Operand found = code.call(BPF_FUNC_sk_storage_get, {code.map(map), socket, number(0), number(0)});
    code.branch(Cond::eq, found, number(0), unknown);
    return found;
}

}  // namespace

bool keep_owner(Hook& hook) {
    if (hook.slots.contains(EventField::owner_pid)) return true;
    const std::vector<Reading> ways = readings(hook.row(), EventField::owner_pid);
    if (ways.empty()) return false;
    if (const std::string refusal = owners_refusal(hook.facts()); !refusal.empty()) hook.lacks(refusal);
    KernelCode& code = hook.code();
    const bool arrives = has_arrivals(hook.row());
    if (const std::string refusal = arrives ? ends_refusal(hook.facts()) : ""; !refusal.empty()) hook.lacks(refusal);
    const uint32_t map = hook.maps().owners();
    const Kept kept = make_slots(hook);
    const ir::Label done = code.label();
    for (const Reading& way : ways) {
        const ir::Label unknown = code.label();
        const Operand found = arrives ? owner_of_arrival(hook, hook.thing(way.root->view), unknown)
                                      : owner_of_socket(hook, map, typed_socket(hook, way, unknown), unknown);
        const Operand both = code.load({found, pid_at}, 8);
        const Operand process = code.result({.op = Op::extend, .width = 4, .a = both});
        code.branch(Cond::eq, process, number(0), unknown);
        code.store(code.in_slot(kept.pid), 8, process);
        code.store(code.in_slot(kept.uid), 8, code.binary(Op::lshr, both, number(32)));
        code.copy(code.in_slot(kept.name), {found, name_at}, name_size);
        code.jump(done);
        code.place(unknown);
    }
    code.store(code.in_slot(kept.pid), 8, number(-1));
    code.store(code.in_slot(kept.uid), 8, number(-1));
    code.zero(code.in_slot(kept.name), name_size);
    code.place(done);
    return true;
}

void keep_current_as_owner(Hook& hook) {
    KernelCode& code = hook.code();
    const Kept kept = make_slots(hook);
    const KernelPointer task = hook.task();
    const CurrentUser user = current_user(hook, task);
    code.store(code.in_slot(kept.pid), 8, user.process);
    code.store(code.in_slot(kept.uid), 8, user.uid);
    read_name(hook, hook.follow(task, "task_struct.group_leader"), code.in_slot(kept.name));
}

std::string owners_refusal(const KernelFacts& facts) {
    const std::string functions = facts.refusal(Rung::function);
    if (functions.empty() || facts.tracepoint(lengths)) return {};
    return fmt::format("nothing tells who uses sockets: the kernel has no tracepoint `{}`, and {}", lengths, functions);
}

// Who does not hear of sockets that are closed would take the next process with the same port for the last one.
std::string ends_refusal(const KernelFacts& facts) {
    const std::string refused = facts.refusal(Rung::cgroup);
    return refused.empty() ? "" : fmt::format("nothing tells which sockets are closed: {}", refused);
}

std::string write_owner_programs(ir::Module& module, const KernelFacts& facts) {
    const KernelMaps maps(module.program.kernel_maps);
    for (const SocketUse& use : socket_uses()) {
        if (!is_needed(use, facts, maps.has_ends())) continue;
        const HookRow row = noting_hook(point_of(use.point), use.target);
        Writer writer(facts, use, row, maps);
        ir::Function function = writer.write();
        if (!writer.missing().empty()) return fmt::format("nothing tells who uses sockets: {}", writer.missing());
        const std::optional<Prototype> prototype = prototype_of_use(use, facts);
        module.owners.push_back(std::move(function));
        module.program.owner_programs.push_back({&use, prototype ? prototype->btf_id : 0, {}});
    }
    return {};
}

}  // namespace probevue
