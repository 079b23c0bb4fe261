// Arguments, paths and tasks, for all that is written into a hook's program. Relies on the facts of the kernel that it
// is compiled for, and notes what that one lacks.
#include "compiler/hooks/hook.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>

#include "builtins/linux.h"
#include "compiler/ir/storage.h"
#include "compiler/kernel/home.h"

namespace probevue {

using ir::Op;
using ir::Operand;

Operand Hook::argument(int8_t number) {
    const auto index = static_cast<unsigned>(number);
    const bool registers = (row_.rung == Rung::kprobe && row_.point != HookPoint::tracepoint) || is_user(row_.point);
    if (number == from_result) {
        const int at = registers ? facts_.processor().result_offset : static_cast<int>(8 * prototype_.arguments.size());
        return code_.argument(at, 8);
    }
    if (kept_) return code_.load(code_.in_slot(*kept_, 8 * number), 8);
    const int at = registers ? argument_offset(facts_.processor(), index) : static_cast<int>(8 * index);
    if (at < 0 && is_user(row_.point)) return stack_argument(index);
    if (at < 0) {
        missing_ = fmt::format("argument {} of {} is in no register", index + 1, target_);
        return number == 0 ? code_.argument(0, 8) : argument(0);
    }
    return code_.argument(at, 8);
}

// Arguments that do not fit the registers lie above the return address.
Operand Hook::stack_argument(unsigned index) {
    unsigned in_registers = 0;
    while (argument_offset(facts_.processor(), in_registers) >= 0) ++in_registers;
    const int32_t above =
        8 * static_cast<int32_t>(index - in_registers + (facts_.processor().return_address_on_stack ? 1 : 0));
    const Operand stack = code_.argument(facts_.processor().stack_offset, 8);
    if (!scratch_) scratch_ = code_.slot(8, "read");
    const KernelPlace to = code_.in_slot(*scratch_);
    code_.run(BPF_FUNC_probe_read_user, {code_.address(to), ir::Operand::of_imm(8), code_.address({stack, above})});
    return code_.load(to, 8);
}

Operand Hook::integer_argument(int8_t number) {
    return code_.result({.op = Op::extend, .width = 4, .is_signed = true, .a = argument(number)});
}

Operand Hook::whole_argument(int8_t number) {
    const auto index = static_cast<size_t>(number);
    if (index >= prototype_.arguments.size()) {
        missing_ = fmt::format("the tracepoint `{}` has {} argument{}", target_, prototype_.arguments.size(),
                               prototype_.arguments.size() == 1 ? "" : "s");
        return code_.result({.op = Op::constant, .a = probevue::number(0)});
    }
    const Operand raw = argument(number);
    const ArgumentShape shape = index < prototype_.shapes.size() ? prototype_.shapes[index] : ArgumentShape{};
    if (shape.bytes == 8) return raw;
    return code_.result({.op = Op::extend, .width = shape.bytes, .is_signed = shape.is_signed, .a = raw});
}

KernelPointer Hook::pointer_argument(int8_t number) {
    KernelPointer out{argument(number), 0};
    const bool typed = row_.rung != Rung::kprobe || row_.point == HookPoint::tracepoint;
    const auto index = static_cast<size_t>(number);
    if (typed && index < prototype_.arguments.size()) {
        out.known = facts_.struct_size(prototype_.arguments[index]).value_or(0);
    }
    return out;
}

KernelPointer Hook::argument_of_type(std::string_view structure) {
    const auto& types = prototype_.arguments;
    const auto at = std::find(types.begin(), types.end(), structure);
    if (at == types.end()) {
        missing_ = fmt::format("{} has no argument of type `struct {}`", target_, structure);
        return pointer_argument(0);
    }
    return pointer_argument(static_cast<int8_t>(at - types.begin()));
}

// Of arguments of tracepoints the kernel's verifier believes, from 6.5 on, that they are there, and takes a comparison
// with NULL away; only from 6.13 on it knows which ones may lack. What is copied out of the context is a number to it.
//
// The same holds for what a function returns.
KernelPointer Hook::doubtful_argument(int8_t number) {
    const bool of_trampoline = number == from_result && row_.rung == Rung::function;
    if (row_.point != HookPoint::tracepoint && !of_trampoline) return {argument(number), 0};
    if (!scratch_) scratch_ = code_.slot(8, "read");
    const KernelPlace to = code_.in_slot(*scratch_);
    const Operand context = code_.result({.op = Op::machine_context});
    const int32_t index = of_trampoline ? static_cast<int32_t>(prototype_.arguments.size()) : number;
    read_bytes(to, code_.address({context, 8 * index}), 8);
    return {code_.load(to, 8), 0};
}

bool Hook::is_about_current() const {
    const Root* root = row_.roots.find(View::task);
    return root == nullptr || root->argument == current_thread;
}

// Programs on tracepoints get the current task with its type: they read it directly.
KernelPointer Hook::task() {
    if (task_) return *task_;
    if (!is_about_current()) return pointer_argument(row_.roots.find(View::task)->argument);
    const bool typed = row_.point == HookPoint::tracepoint || row_.point == HookPoint::clock;
    return {code_.call(typed ? BPF_FUNC_get_current_task_btf : BPF_FUNC_get_current_task, {}),
            typed ? facts_.struct_size("task_struct").value_or(0) : 0};
}

const ResolvedPath& Hook::resolve(std::string_view path) {
    const auto found = resolved_.find(path);
    if (found != resolved_.end()) return found->second;
    const std::string_view own = register_path(facts_.processor(), path);
    std::optional<ResolvedPath> fresh = facts_.resolve(own);
    if (!fresh || fresh->steps.empty()) {
        if (missing_.empty()) missing_ = fmt::format("the kernel has no `{}`", own);
        fresh = ResolvedPath{{{0, false, 0}}, 8, false, 0, 0};
    }
    return resolved_.emplace(path, std::move(*fresh)).first->second;
}

KernelPointer Hook::typed(Operand address, std::string_view structure) {
    const std::optional<int32_t> function =
        row_.point == HookPoint::tracepoint ? facts_.cast_function() : std::optional<int32_t>();
    const std::optional<KernelTypeId> type = function ? facts_.structure(structure, false) : std::nullopt;
    if (!type) return {address, 0};
    return {code_.result({.op = Op::cast, .a = address, .index = *type, .offset = *function}),
            facts_.struct_size(structure).value_or(0)};
}

uint32_t Hook::offset_of(std::string_view path) { return resolve(path).steps.back().offset; }

void Hook::read_bytes(KernelPlace to, Operand from, uint32_t bytes) {
    code_.run(BPF_FUNC_probe_read_kernel, {code_.address(to), number(bytes), from});
}

Operand Hook::read_at(KernelPointer from, uint32_t offset, uint32_t size, bool is_signed) {
    const auto width = static_cast<uint8_t>(size);
    if (offset + size <= from.known) return code_.load({from.value, static_cast<int32_t>(offset)}, width, is_signed);
    if (!scratch_) scratch_ = code_.slot(8, "read");
    const KernelPlace to = code_.in_slot(*scratch_);
    read_bytes(to, code_.address({from.value, static_cast<int32_t>(offset)}), size);
    return code_.load(to, width, is_signed);
}

// At the entry the stack pointer is where the function will return from; where that address lies on the stack, the
// return has taken it away.
KernelPlace Hook::call_key() {
    const ir::Slot key = code_.slot(16, "call");
    Operand stack = code_.argument(facts_.processor().stack_offset, 8);
    if (row_.point == HookPoint::exit && in_exit_ && facts_.processor().return_address_on_stack)
        stack = code_.binary(Op::sub, stack, number(8));
    code_.store(code_.in_slot(key), 8, code_.call(BPF_FUNC_get_current_pid_tgid, {}));
    code_.store(code_.in_slot(key, 8), 8, stack);
    return code_.in_slot(key);
}

void Hook::keep_arguments() {
    in_exit_ = false;
    const ir::Slot kept = code_.slot(kept_arguments(), "arguments");
    for (uint8_t i = 0; i < row_.arguments.least; ++i)
        code_.store(code_.in_slot(kept, 8 * i), 8, code_.argument(argument_offset(facts_.processor(), i), 8));
    const uint32_t map = maps_.calls(row_, target_, 16, kept_arguments());
    const KernelPlace key = call_key();
    const ir::Label done = code_.label();
    const auto update = [&](int64_t how) {
        return std::vector<Operand>{code_.map(map), code_.address(key), code_.address(code_.in_slot(kept)),
                                    number(how)};
    };
    // What is there already has never returned, as far as we could see.
    const Operand refused = code_.call(BPF_FUNC_map_update_elem, update(BPF_NOEXIST));
    code_.branch(ir::Cond::eq, refused, number(0), done);
    count_loss(code_, KernelLoss::calls);
    code_.run(BPF_FUNC_map_update_elem, update(BPF_ANY));
    code_.place(done);
}

void Hook::take_kept_arguments() {
    const uint32_t map = maps_.calls(row_, target_, 16, kept_arguments());
    const KernelPlace key = call_key();
    const Operand found = code_.call(BPF_FUNC_map_lookup_elem, {code_.map(map), code_.address(key)});
    reject_if(ir::Cond::eq, found, number(0));
    const ir::Slot kept = code_.slot(kept_arguments(), "arguments");
    for (int32_t i = 0; i < row_.arguments.least; ++i)
        code_.store(code_.in_slot(kept, 8 * i), 8, code_.load({found, 8 * i}, 8));
    code_.run(BPF_FUNC_map_delete_elem, {code_.map(map), code_.address(key)});
    kept_ = kept;
}

KernelPointer Hook::open_file(Operand descriptor, ir::Label none) {
    const KernelPointer task{code_.call(BPF_FUNC_get_current_task, {}), 0};
    const KernelPointer files = follow(task, "task_struct.files");
    code_.branch(ir::Cond::eq, files.value, number(0), none);  // a thread of the kernel
    const KernelPointer table = follow(files, "files_struct.fdt");
    code_.branch(ir::Cond::uge, descriptor, read(table, "fdtable.max_fds"), none);
    const ir::Slot slot = code_.slot(8, "file");
    const Operand entry =
        code_.binary(Op::add, read(table, "fdtable.fd"), code_.binary(Op::shl, descriptor, number(3)));
    read_bytes(code_.in_slot(slot), entry, 8);
    const KernelPointer file{code_.load(code_.in_slot(slot), 8), 0};
    code_.branch(ir::Cond::eq, file.value, number(0), none);
    return file;
}

KernelPointer Hook::socket_of(KernelPointer file, Operand mode, ir::Label none) {
    code_.branch(ir::Cond::ne, code_.binary(Op::and_, mode, number(S_IFMT)), number(S_IFSOCK), none);
    const KernelPointer sock = follow(follow(file, "file.private_data"), "socket.sk");
    code_.branch(ir::Cond::eq, sock.value, number(0), none);
    return sock;
}

// Up to the structure that holds the last member.
KernelPointer Hook::walk(KernelPointer from, const ResolvedPath& path) {
    for (const PathStep& step : path.steps) {
        if (!step.dereference) break;
        from = {read_at(from, step.offset, 8, false), from.known >= step.offset + 8 ? step.target_size : 0};
    }
    return from;
}

// A call of a helper costs as much as some tens of loads.
std::optional<KernelPlace> Hook::words(KernelPointer from, const ResolvedPath& path, uint32_t bytes) const {
    constexpr uint32_t most = 32;  // bytes
    const uint32_t offset = path.steps.back().offset;
    if (bytes % 8 != 0 || bytes > most || bytes > path.size || offset + bytes > from.known) return std::nullopt;
    return KernelPlace{from.value, static_cast<int32_t>(offset)};
}

void Hook::read_array(KernelPlace to, KernelPointer from, std::string_view path, uint32_t bytes) {
    const ResolvedPath& resolved = resolve(path);
    from = walk(from, resolved);
    if (const std::optional<KernelPlace> at = words(from, resolved, bytes)) return code_.copy(to, *at, bytes);
    read_bytes(to, code_.address({from.value, static_cast<int32_t>(resolved.steps.back().offset)}), bytes);
}

void Hook::read_text(KernelPlace to, KernelPointer from, std::string_view path, uint32_t bytes) {
    const ResolvedPath& resolved = resolve(path);
    from = walk(from, resolved);
    const std::optional<KernelPlace> at = words(from, resolved, bytes);
    if (!at || std::endian::native != std::endian::little) {
        const KernelPlace text{from.value, static_cast<int32_t>(resolved.steps.back().offset)};
        code_.zero(to, bytes);
        return code_.run(BPF_FUNC_probe_read_kernel_str, {code_.address(to), number(bytes), code_.address(text)});
    }
    const ir::Reg going = code_.reg();
    code_.set(going, number(-1));
    for (int32_t i = 0; i < static_cast<int32_t>(bytes); i += 8)
        code_.store({to.base, to.offset + i}, 8, code_.text_word(code_.load({at->base, at->offset + i}, 8), going));
}

KernelPointer Hook::follow(KernelPointer from, std::string_view path) {
    const ResolvedPath& resolved = resolve(path);
    from = walk(from, resolved);
    const PathStep& last = resolved.steps.back();
    return {read_at(from, last.offset, 8, false), from.known >= last.offset + 8 ? last.target_size : 0};
}

KernelPlace Hook::locate(KernelPointer from, std::string_view path) {
    const ResolvedPath& resolved = resolve(path);
    return {walk(from, resolved).value, static_cast<int32_t>(resolved.steps.back().offset)};
}

Operand Hook::read(KernelPointer from, std::string_view path) {
    const ResolvedPath& resolved = resolve(path);
    const bool bits = resolved.bit_width != 0;
    from = walk(from, resolved);
    const Operand raw = read_at(from, resolved.steps.back().offset, resolved.size, resolved.is_signed && !bits);
    if (!bits) return raw;
    const Operand high = code_.binary(Op::shl, raw, number(64 - resolved.bit_offset - resolved.bit_width));
    return code_.binary(resolved.is_signed ? Op::ashr : Op::lshr, high, number(64 - resolved.bit_width));
}

Operand Hook::read_control_block(KernelPointer packet, std::string_view path) {
    const ResolvedPath& resolved = resolve(path);
    return read_at(packet, offset_of("sk_buff.cb") + resolved.steps.back().offset, resolved.size, resolved.is_signed);
}

ir::Slot Hook::header(KernelPointer packet, std::string_view which) {
    constexpr uint32_t bytes = ip6_header_size;  // what lies behind a shorter one is still the packet's memory
    const Operand head = read(packet, "sk_buff.head");
    const Operand offset = read(packet, which);
    const ir::Slot out = code_.slot(bytes, "header");
    read_bytes(code_.in_slot(out), code_.binary(Op::add, head, offset), bytes);
    return out;
}

void Hook::reject() { code_.jump(rejected_); }

void Hook::reject_if(ir::Cond cond, Operand a, Operand b) { code_.branch(cond, a, b, rejected_); }

}  // namespace probevue
