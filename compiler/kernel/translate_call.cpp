// Helper functions that clauses in the kernel can use.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "compiler/ir/storage.h"
#include "compiler/kernel/translate.h"
#include "compiler/program/helper_arguments.h"

namespace probevue {

using ir::Cond;
using ir::Inst;
using ir::Op;
using ir::Operand;

namespace {

constexpr uint32_t round_up(uint32_t size) { return (size + 7) & ~7u; }

// Of 8 bytes, the first so many in memory order; on a little-endian machine those are the lower ones.
int64_t first_bytes(uint32_t count) { return static_cast<int64_t>((uint64_t{1} << (8 * count)) - 1); }

// Longer ones make programs too large.
constexpr uint32_t longest_string = 512;

}  // namespace

const Translator::Call* Translator::find_call(Helper helper, std::string_view& otherwise) {
    struct Row {
        Helper helper;
        Call call;
        std::string_view otherwise;
    };
    static constexpr Row rows[] = {
#define KERNEL_CALL(helper, translation) {Helper::helper, &Translator::translation, {}},
#define ENGINE_CALL(helper, what) {Helper::helper, nullptr, what},
#include "compiler/kernel/kernel_calls.def"
#undef KERNEL_CALL
#undef ENGINE_CALL
    };
    constexpr auto helpers = static_cast<size_t>(Helper::end_) - static_cast<size_t>(helper_base);
    static_assert(std::size(rows) == helpers);  // each row of helpers.def has one
    const auto* row =
        std::find_if(std::begin(rows), std::end(rows), [&](const Row& one) { return one.helper == helper; });
    otherwise = row->otherwise;
    return row->call == nullptr ? nullptr : &row->call;
}

bool Translator::call(const Inst& inst) {
    std::string_view otherwise;
    const Call* found = find_call(static_cast<Helper>(inst.index), otherwise);
    return found != nullptr ? (this->**found)(inst) : fail(std::string(otherwise));
}

bool Translator::readable(const Operand& address) const {
    const Value::Kind kind = value_of(address).kind;
    return address.is_reg() && (kind == Value::Kind::memory || kind == Value::Kind::constant ||
                                (kind == Value::Kind::global && home_ != nullptr));
}

// Memory of the clause alone: what others read must not change in several steps.
bool Translator::writable(const Operand& address) const {
    return address.is_reg() && value_of(address).kind == Value::Kind::memory;
}

// 8 bytes at a multiple of 8; those from `bytes` on read as zero.
Operand Translator::word(const Operand& address, uint32_t at, uint32_t bytes) {
    if (at >= bytes) return number(0);
    const bool part = bytes - at < 8;
    const Value from = value_of(address);
    if (from.kind == Value::Kind::constant) {
        uint64_t value = 0;
        const size_t begin = size_t{from.offset} + at;
        const size_t end = std::min(begin + std::min(bytes - at, 8u), rodata_.size());
        if (begin < end) std::memcpy(&value, rodata_.data() + begin, end - begin);
        return number(static_cast<int64_t>(value));
    }
    const KernelPlace base = from.kind == Value::Kind::global ? home_->shared(from.offset + at)
                                                              : KernelPlace{mapped(address), static_cast<int32_t>(at)};
    const Operand whole = code_.load(base, 8);
    if (!part) return whole;
    return code_.binary(Op::and_, whole, code_.result({.op = Op::constant, .a = number(first_bytes(bytes - at))}));
}

// What was read of the kernel's memory may hold anything behind the end of a text.
Operand Translator::text_word(const Operand& address, uint32_t at, uint32_t bytes, std::optional<ir::Reg>& going) {
    const Operand read = word(address, at, bytes);
    if (!reads_kernel_ || value_of(address).kind != Value::Kind::memory || read.is_imm()) return read;
    if (!going) {
        going = code_.reg();
        code_.set(*going, number(-1));
    }
    return code_.text_word(read, *going);
}

void Translator::unless_unreadable(Cond good, const Operand& result) {
    if (home_ == nullptr) {
        const ir::Label fine = code_.label();
        code_.branch(good, result, number(0), fine);
        code_.jump(undecided_);
        code_.place(fine);
        return;
    }
    const ir::Label fine = code_.label();
    code_.branch(good, result, number(0), fine);
    home_->count_unreadable();
    code_.place(fine);
}

// Where nothing can be read the helper function leaves zeros.
bool Translator::kernel_copy(const Inst& inst) {
    if (!writable(inst.args[0]) || !plain(inst.args[1])) return fail("assigns a value that takes several steps");
    if (!inst.args[2].is_imm() || inst.args[2].imm <= 0 || inst.args[2].imm > longest_string)
        return fail("copies a large value");
    const Operand from = mapped(inst.args[1]);
    const Operand address = from.is_imm() ? code_.result({.op = Op::constant, .a = from}) : from;
    unless_unreadable(Cond::eq, code_.call(BPF_FUNC_probe_read_kernel, {mapped(inst.args[0]), inst.args[2], address}));
    return true;
}

// The helper function puts a NUL behind what it reads, for which a String has no room, and leaves what follows.
bool Translator::kernel_string(const Inst& inst) {
    constexpr const char* obstacle = "reads a String of the kernel";
    if (home_ == nullptr || !writable(inst.args[0]) || !plain(inst.args[2])) return fail(obstacle);
    if (!inst.args[1].is_imm() || !inst.args[3].is_imm()) return fail(obstacle);
    const int64_t size = inst.args[1].imm;
    const int64_t most = inst.args[3].imm < 0 ? size : std::min(size, inst.args[3].imm);
    if (most <= 0 || size > longest_string) return fail(obstacle);
    const auto bytes = static_cast<uint32_t>(most);
    const KernelMemory read = home_->allocate(round_up(bytes + 1), "text");
    const auto at = [&](uint32_t offset) { return home_->at(read, static_cast<int32_t>(offset)); };
    for (uint32_t offset = 0; offset < round_up(bytes + 1); offset += 8) code_.store(at(offset), 8, number(0));
    const Operand from = mapped(inst.args[2]);
    const Operand address = from.is_imm() ? code_.result({.op = Op::constant, .a = from}) : from;
    unless_unreadable(Cond::sgt,
                      code_.call(BPF_FUNC_probe_read_kernel_str, {code_.address(at(0)), number(most + 1), address}));
    for (uint32_t offset = 0; offset < round_up(static_cast<uint32_t>(size)); offset += 8)
        code_.store({mapped(inst.args[0]), static_cast<int32_t>(offset)}, 8,
                    offset < round_up(bytes) ? code_.load(at(offset), 8) : number(0));
    return true;
}

namespace {

// The kernel has the bins of a distribution since somebody last looked, not whole elements.
constexpr const char* reads_distribution = "reads a distribution";

}  // namespace

bool Translator::lookup(const Inst& inst, bool make) {
    const Value array = value_of(inst.args[0]);
    if (home_ == nullptr) return fail("reads an array");
    if (array.kind != Value::Kind::map || !writable(inst.args[1])) return fail("chooses between arrays");
    const FieldKind kind = program_.maps[array.map].layout.value.kind;
    if (kind == FieldKind::range) return fail("counts in a range");
    if (kind == FieldKind::distinct) return fail("counts different values");
    if (kind == FieldKind::dist && !make) return fail(reads_distribution);
    if (inst.dst != ir::no_reg && !single(inst)) return fail("chooses between elements");
    if (kind == FieldKind::dist) {
        if (inst.dst == ir::no_reg) return fail(reads_distribution);
        home_->choose_distribution(array.map, place(inst.args[1]));
        code_.set(regs_[inst.dst], number(1));
        define(inst, {Value::Kind::dist, 0, array.map});
        return true;
    }
    const Operand found = home_->element(array.map, place(inst.args[1]), make);
    if (inst.dst == ir::no_reg) return true;
    code_.set(regs_[inst.dst], found);
    define(inst, {Value::Kind::element, 0, array.map});
    return true;
}

bool Translator::array_ref(const Inst& inst) { return lookup(inst, true); }

bool Translator::array_find(const Inst& inst) { return lookup(inst, false); }

bool Translator::array_exists(const Inst& inst) {
    const Value array = value_of(inst.args[0]);
    if (home_ == nullptr) return fail("reads an array");
    if (!inst.args[2].is_imm() || inst.args[2].imm != 0) return fail("looks for elements with ANY");
    if (array.kind != Value::Kind::map || !writable(inst.args[1])) return fail("chooses between arrays");
    if (is_distribution(array.map)) return fail(reads_distribution);
    const Operand found = home_->element(array.map, place(inst.args[1]), false);
    if (inst.dst == ir::no_reg) return true;
    const ir::Label absent = code_.label();
    code_.set(regs_[inst.dst], number(0));
    code_.branch(Cond::eq, found, number(0), absent);
    code_.set(regs_[inst.dst], number(1));
    code_.place(absent);
    define_plain(inst);
    return true;
}

bool Translator::array_delete(const Inst& inst) {
    const Value array = value_of(inst.args[0]);
    if (home_ == nullptr) return fail("deletes from an array");
    if (!inst.args[2].is_imm() || inst.args[2].imm != 0) return fail("deletes elements with ANY");
    if (array.kind != Value::Kind::map || !writable(inst.args[1])) return fail("chooses between arrays");
    if (is_distribution(array.map)) return fail("deletes a distribution");
    const Operand erased = home_->erase(array.map, place(inst.args[1]));
    if (inst.dst == ir::no_reg) return true;
    code_.set(regs_[inst.dst], erased);
    define_plain(inst);
    return true;
}

bool Translator::list_append(const Inst& inst) {
    const Value list = value_of(inst.args[0]);
    if (home_ == nullptr || !plain(inst.args[1])) return fail("appends to a list");
    const Operand value =
        inst.args[1].is_imm() ? code_.result({.op = Op::constant, .a = inst.args[1]}) : mapped(inst.args[1]);
    if (list.kind == Value::Kind::global) {
        if (!home_->global(list.offset)) return fail("appends to a list");
        home_->append(home_->tally(list.offset), value);
    } else if (list.kind == Value::Kind::element) {
        home_->append({mapped(inst.args[0]), 0}, value);
    } else {
        return fail("appends to a list");
    }
    return true;
}

bool Translator::dist_add(const Inst& inst) {
    const Value dist = value_of(inst.args[0]);
    if (home_ == nullptr || dist.kind != Value::Kind::dist || !plain(inst.args[1]))
        return fail("chooses between elements");
    const Operand value =
        inst.args[1].is_imm() ? code_.result({.op = Op::constant, .a = inst.args[1]}) : mapped(inst.args[1]);
    home_->count_in_bin(dist.map, value);
    return true;
}

// Strings are padded with zeros, so that whole words can be copied and compared.
bool Translator::string_copy(const Inst& inst) {
    if (!writable(inst.args[0])) return fail("assigns a value that takes several steps");
    if (!readable(inst.args[2])) return fail("reads a String through an address");
    const auto to_size = static_cast<uint32_t>(inst.args[1].imm);
    const auto from_size = static_cast<uint32_t>(inst.args[3].imm);
    if (to_size > longest_string) return fail(fmt::format("copies a String of {} bytes", to_size));
    std::optional<ir::Reg> going;
    for (uint32_t at = 0; at < round_up(to_size); at += 8) {
        code_.store({mapped(inst.args[0]), static_cast<int32_t>(at)}, 8,
                    text_word(inst.args[2], at, std::min(to_size, from_size), going));
    }
    return true;
}

// -1, 0 or 1; the first word that differs decides, its first byte counting most.
bool Translator::string_compare(const Inst& inst) {
    if (!readable(inst.args[0]) || !readable(inst.args[1])) return fail("reads a String through an address");
    const auto sizes = static_cast<uint64_t>(inst.args[2].imm);
    const uint32_t a_size = first_size(sizes);
    const uint32_t b_size = second_size(sizes);
    if (std::max(a_size, b_size) > longest_string)
        return fail(fmt::format("compares Strings of {} bytes", std::max(a_size, b_size)));
    const ir::Reg out = code_.reg();
    const ir::Reg left = code_.reg();
    const ir::Reg right = code_.reg();
    const ir::Label differs = code_.label();
    const ir::Label end = code_.label();
    code_.set(left, number(0));
    code_.set(right, number(0));
    code_.set(out, number(0));
    std::optional<ir::Reg> going_left;
    std::optional<ir::Reg> going_right;
    for (uint32_t at = 0; at < round_up(std::max(a_size, b_size)); at += 8) {
        code_.set(left, text_word(inst.args[0], at, a_size, going_left));
        code_.set(right, text_word(inst.args[1], at, b_size, going_right));
        code_.branch(Cond::ne, Operand::of(left), Operand::of(right), differs);
    }
    code_.jump(end);
    code_.place(differs);
    code_.set(out, number(-1));
    code_.branch(Cond::ult, code_.swap(Operand::of(left), 8), code_.swap(Operand::of(right), 8), end);
    code_.set(out, number(1));
    code_.place(end);
    if (inst.dst == ir::no_reg) return true;
    code_.set(regs_[inst.dst], Operand::of(out));
    define_plain(inst);
    return true;
}

bool Translator::memory_copy(const Inst& inst) {
    if (!inst.args[2].is_imm() || inst.args[2].imm % 8 != 0 || inst.args[2].imm > longest_string)
        return fail("copies a large value");
    if (!writable(inst.args[0])) return fail("assigns a value that takes several steps");
    if (!readable(inst.args[1])) return fail("reads memory through an address");
    const auto size = static_cast<uint32_t>(inst.args[2].imm);
    for (uint32_t at = 0; at < size; at += 8)
        code_.store({mapped(inst.args[0]), static_cast<int32_t>(at)}, 8, word(inst.args[1], at, size));
    return true;
}

bool Translator::memory_zero(const Inst& inst) {
    if (!inst.args[1].is_imm() || inst.args[1].imm > longest_string) return fail("clears a large value");
    if (!writable(inst.args[0])) return fail("assigns a value that takes several steps");
    code_.zero({mapped(inst.args[0]), 0}, static_cast<size_t>(inst.args[1].imm));
    return true;
}

bool Translator::probe_text(const Inst& inst) {
    if (home_ == nullptr) return fail("asks for the probe");
    if (!writable(inst.args[0])) return fail("assigns a value that takes several steps");
    const auto size = static_cast<uint32_t>(inst.args[1].imm);
    const std::string_view text = home_->probe_text().substr(0, size);
    for (uint32_t at = 0; at < round_up(size); at += 8) {
        uint64_t word = 0;
        if (at < text.size()) std::memcpy(&word, text.data() + at, std::min<size_t>(text.size() - at, 8));
        code_.store({mapped(inst.args[0]), static_cast<int32_t>(at)}, 8, number(static_cast<int64_t>(word)));
    }
    return true;
}

bool Translator::emit(const Inst& inst) {
    if (home_ == nullptr) return fail("prints");
    if (!inst.args[0].is_imm() || !writable(inst.args[1])) return fail("prints a record that is not at hand");
    const std::optional<KernelPlace> pid = find_(EventField::pid);
    const std::optional<KernelPlace> tid = find_(EventField::tid);
    if (!pid || !tid) return fail("prints");
    KernelPlace header = place(inst.args[1]);
    // slot() has left room for it before the payload.
    header.offset -= static_cast<int32_t>(KernelHome::header_size);
    home_->emit(static_cast<uint32_t>(inst.args[0].imm), header, code_.load(*pid, 8), code_.load(*tid, 8));
    return true;
}

bool Translator::exit(const Inst&) {
    if (home_ == nullptr) return fail("ends the session");
    const std::optional<KernelPlace> pid = find_(EventField::pid);
    const std::optional<KernelPlace> tid = find_(EventField::tid);
    if (!pid || !tid) return fail("ends the session");
    home_->exit(code_.load(*pid, 8), code_.load(*tid, 8));
    return true;
}

bool Translator::warn(const Inst& inst) {
    if (home_ == nullptr) return fail("divides by zero");
    const std::optional<KernelPlace> pid = find_(EventField::pid);
    const std::optional<KernelPlace> tid = find_(EventField::tid);
    if (!pid || !tid) return fail("warns");
    home_->warn(static_cast<uint32_t>(inst.args[0].imm), code_.load(*pid, 8), code_.load(*tid, 8));
    return true;
}

}  // namespace probevue
