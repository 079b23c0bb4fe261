// Written into a hook's program around the clauses that run in it: before the first one, at what they share, behind the
// last.
#include "compiler/kernel/home.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "compiler/ir/storage.h"
#include "compiler/kernel/bins.h"
#include "compiler/program/kernel_call.h"

namespace probevue {

using ir::Cond;
using ir::Op;
using ir::Operand;

// Wakes the reader only when it sleeps: it says so to the kernel by what it has read (runtime/kernel/ring.h). Waking it
// for more, be it at a level, would interrupt the processor while the program is at work, and events of what the kernel
// does then are passed over.
constexpr int64_t when_it_sleeps = 0;

void submit(KernelCode& code, KernelPlace record, uint32_t size, const FurtherBytes& further) {
    const ir::Label done = code.label();
    const ir::Label full = code.label();
    if (further.size == 0) {
        const Operand failed = code.call(BPF_FUNC_ringbuf_output, {code.map(kernel_ring), code.address(record),
                                                                   number(size), number(when_it_sleeps)});
        code.branch(Cond::eq, failed, number(0), done);
    } else {
        const Operand room =
            code.call(BPF_FUNC_ringbuf_reserve, {code.map(kernel_ring), number(size + further.size), number(0)});
        code.branch(Cond::eq, room, number(0), full);
        code.copy({room, 0}, record, size);
        further.write(room);
        code.run(BPF_FUNC_ringbuf_submit, {room, number(when_it_sleeps)});
        code.jump(done);
    }
    code.place(full);
    count_loss(code, KernelLoss::ring_full);
    code.place(done);
}

void count_loss(KernelCode& code, KernelLoss loss) {
    const ir::Label done = code.label();
    const KernelPlace key = code.key(static_cast<int64_t>(loss));
    const Operand lost = code.call(BPF_FUNC_map_lookup_elem, {code.map(kernel_lost), code.address(key)});
    code.branch(Cond::eq, lost, number(0), done);
    code.add_to({lost, 0}, number(1));  // in one step: programs share the counter, and one may interrupt another
    code.place(done);
}

void KernelHome::open(ir::Label failed, bool needs_time) {
    layout_.size = KernelWork::first_free;
    // Programs go on running until the session has taken them away: after exit() they are to do nothing.
    code_.branch(Cond::ne, code_.load(code_.map_value(maps_.shared(program_), offsetof(KernelShared, exited)), 8),
                 number(0), failed);
    const ir::Slot key = code_.slot(8, "program");
    code_.store(code_.in_slot(key), 8, number(number_));
    work_ = code_.reg();
    code_.set(*work_,
              code_.call(BPF_FUNC_map_lookup_elem, {code_.map(maps_.work()), code_.address(code_.in_slot(key))}));
    code_.branch(Cond::eq, Operand::of(*work_), number(0), failed);
    if (!needs_time) return;
    time_ = code_.reg();
    code_.set(*time_, code_.call(BPF_FUNC_ktime_get_ns, {}));
}

void KernelHome::finish(KernelProgram& program) const { program.work = layout_; }

uint32_t KernelHome::reserve(uint32_t size) {
    const uint32_t at = layout_.size;
    layout_.size += (size + 7) & ~7u;
    return at;
}

KernelMemory KernelHome::allocate(uint32_t size, std::string_view name) {
    const uint32_t rounded = (size + 7) & ~7u;
    if (rounded <= stack_left_) {
        stack_left_ -= rounded;
        return {true, code_.slot(rounded, name), 0, rounded};
    }
    return {false, 0, reserve(rounded), rounded};
}

KernelPlace KernelHome::at(const KernelMemory& memory, int32_t offset) {
    if (memory.on_stack) return code_.in_slot(memory.slot, offset);
    return block(memory.offset + static_cast<uint32_t>(offset));
}

KernelPlace KernelHome::zeros(uint32_t size) {
    constexpr uint32_t most = sizeof(KernelList);  // values of arrays are integers or lists, also those of bins
    if (!zeros_) zeros_ = reserve(most);
    static_cast<void>(size);
    return block(*zeros_);
}

Operand KernelHome::realtime() {
    const KernelPlace offset = code_.map_value(maps_.shared(program_), offsetof(KernelShared, realtime_offset));
    return code_.binary(Op::add, monotonic(), code_.load(offset, 8));
}

Operand KernelHome::session_process() {
    return code_.load(code_.map_value(maps_.shared(program_), offsetof(KernelShared, session_pid)), 8);
}

bool KernelHome::is_tally(const SharedVariable& variable) const {
    switch (variable.kind) {
        case SharedVariable::Kind::global:
            return program_.maps[ir::globals_map].variables[variable.index].only_added_to;
        case SharedVariable::Kind::array:
            return program_.maps[variable.index].only_added_to;
        case SharedVariable::Kind::threads:
            return false;
    }
    return false;
}

KernelPlace KernelHome::shared(uint32_t offset) {
    return code_.map_value(maps_.shared(program_), static_cast<int32_t>(sizeof(KernelShared) + offset));
}

KernelPlace KernelHome::tally(uint32_t offset) {
    const SharedVariable variable = *global(offset);
    for (const KernelWork::Tally& made : layout_.tallies) {
        if (made.variable == variable.index) return block(made.offset);
    }
    const VariableDescription& description = program_.maps[ir::globals_map].variables[variable.index];
    const bool is_list = description.value.kind == FieldKind::list;
    layout_.tallies.push_back({variable.index, reserve(is_list ? sizeof(KernelList) : 8), is_list});
    return block(layout_.tallies.back().offset);
}

// Elements of a tally belong to this program and this processor.
Operand KernelHome::element(uint32_t array, KernelPlace key, bool make) {
    const ir::Label absent = code_.label();
    const ir::Label end = code_.label();
    const ir::Reg out = code_.reg();
    const bool tally = is_tally({SharedVariable::Kind::array, array});
    Operand map;
    code_.set(out, number(0));
    if (tally) {
        const uint32_t outer = maps_.tally(program_, array, number_);
        map = code_.call(BPF_FUNC_map_lookup_elem, {code_.map(outer), code_.address(zeros(4))});
        code_.branch(Cond::eq, map, number(0), make ? absent : end);
    } else {
        map = code_.map(maps_.array(program_, array));
    }
    code_.set(out, code_.call(BPF_FUNC_map_lookup_elem, {map, code_.address(key)}));
    if (make) {
        code_.branch(Cond::ne, Operand::of(out), number(0), end);
        code_.run(
            BPF_FUNC_map_update_elem,
            {map, code_.address(key), code_.address(zeros(program_.maps[array].value_size)), number(BPF_NOEXIST)});
        // Whoever has made it, be it a program on another processor meanwhile: it is there now, or the array is full.
        code_.set(out, code_.call(BPF_FUNC_map_lookup_elem, {map, code_.address(key)}));
        code_.branch(Cond::eq, Operand::of(out), number(0), absent);
        if (tally) count_insertion();
        code_.jump(end);
        code_.place(absent);
        add(block(KernelWork::array_full), number(1));
        // What the verifier knows of the register on this way: it is 0.
        code_.set(out, number(0));
    }
    code_.place(end);
    return Operand::of(out);
}

// The session fetches tallies before they are full, if it hears of them: a program that does nothing else would not
// wake it. A record for every so many elements that a processor makes is enough.
void KernelHome::count_insertion() {
    static_assert((elements_a_call & (elements_a_call - 1)) == 0);
    const KernelPlace counter = block(KernelWork::inserted);
    add(counter, number(1));
    const ir::Label quiet = code_.label();
    const Operand since = code_.binary(Op::and_, code_.load(counter, 8), number(elements_a_call - 1));
    code_.branch(Cond::ne, since, number(0), quiet);
    if (!call_) call_ = reserve(sizeof(KernelRecord));
    const auto at = [&](size_t offset) { return block(*call_ + static_cast<uint32_t>(offset)); };
    code_.store(at(offsetof(KernelRecord, program)), 4, number(number_));
    code_.store(at(offsetof(KernelRecord, kind)), 2, number(kernel_call));
    code_.run(BPF_FUNC_ringbuf_output, {code_.map(kernel_ring), code_.address(block(*call_)),
                                        number(sizeof(KernelRecord)), number(when_it_sleeps)});
    code_.place(quiet);
}

Operand KernelHome::erase(uint32_t array, KernelPlace key) {
    const Operand failed =
        code_.call(BPF_FUNC_map_delete_elem, {code_.map(maps_.array(program_, array)), code_.address(key)});
    return code_.result({.op = Op::compare, .cond = Cond::eq, .a = failed, .b = number(0)});
}

void KernelHome::add(KernelPlace to, Operand value) {
    code_.store(to, 8, code_.binary(Op::add, code_.load(to, 8), value));
}

void KernelHome::append(KernelPlace list, Operand value) {
    const auto at = [&](size_t offset) { return KernelPlace{list.base, list.offset + static_cast<int32_t>(offset)}; };
    // With the sign bit flipped, numbers keep their order without a sign; `low` has them inverted. So a list of zeros
    // is an empty one, whose first value raises both.
    const Operand sign = code_.result({.op = Op::constant, .a = number(std::bit_cast<int64_t>(uint64_t{1} << 63))});
    const Operand ordered = code_.binary(Op::xor_, value, sign);
    const auto raise = [&](KernelPlace to, Operand candidate) {
        const ir::Label smaller = code_.label();
        code_.branch(Cond::ule, candidate, code_.load(to, 8), smaller);
        code_.store(to, 8, candidate);
        code_.place(smaller);
    };
    raise(at(offsetof(KernelList, high)), ordered);
    raise(at(offsetof(KernelList, low)), code_.binary(Op::xor_, ordered, number(-1)));
    add(at(offsetof(KernelList, sum)), value);
    add(at(offsetof(KernelList, count)), number(1));
}

KernelPlace KernelHome::bin_key(uint32_t array) {
    const uint32_t size = program_.maps[array].key_size;
    auto at = bin_keys_.find(size);
    if (at == bin_keys_.end()) at = bin_keys_.emplace(size, allocate(size + uint32_t{sizeof(KernelBin)}, "bin")).first;
    return this->at(at->second);
}

void KernelHome::choose_distribution(uint32_t array, KernelPlace key) {
    code_.copy(bin_key(array), key, program_.maps[array].key_size);
}

void KernelHome::count_in_bin(uint32_t array, Operand value) {
    const KernelPlace key = bin_key(array);
    const auto behind = static_cast<int32_t>(program_.maps[array].key_size);
    code_.store({key.base, key.offset + behind}, 8, bin_number(code_, value));
    const ir::Label full = code_.label();
    const Operand bin = element(array, key, true);
    code_.branch(Cond::eq, bin, number(0), full);
    append({bin, 0}, value);
    code_.place(full);
}

void KernelHome::outcome(KernelOutcome::Kind kind, uint32_t what, KernelPlace header, uint32_t payload, Operand pid,
                         Operand tid) {
    const auto at = [&](size_t offset) {
        return KernelPlace{header.base, header.offset + static_cast<int32_t>(offset)};
    };
    const Operand cpu = code_.call(BPF_FUNC_get_smp_processor_id, {});
    code_.store(at(offsetof(KernelRecord, time_ns)), 8, monotonic());
    code_.store(at(offsetof(KernelRecord, program)), 4, number(number_));
    code_.store(at(offsetof(KernelRecord, cpu)), 2, cpu);
    code_.store(at(offsetof(KernelRecord, kind)), 2, number(static_cast<int64_t>(kind)));
    code_.store(at(offsetof(KernelRecord, tuples)), 8, number(tuple_));
    code_.store(at(offsetof(KernelOutcome, number)), 8, number(what));
    code_.store(at(offsetof(KernelOutcome, pid)), 8, pid);
    code_.store(at(offsetof(KernelOutcome, tid)), 8, tid);
    submit(code_, header, header_size + payload);
}

void KernelHome::emit(uint32_t record, KernelPlace header, Operand pid, Operand tid) {
    outcome(KernelOutcome::Kind::record, record, header, std::max(8u, program_.records[record].size), pid, tid);
}

// Each is counted; the session hears of the first one on each processor, and tells the user once.
void KernelHome::warn(uint32_t site, Operand pid, Operand tid) {
    auto at = std::find_if(layout_.warnings.begin(), layout_.warnings.end(),
                           [&](const KernelWork::Warning& warning) { return warning.site == site; });
    if (at == layout_.warnings.end()) at = layout_.warnings.insert(layout_.warnings.end(), {site, reserve(8)});
    const KernelPlace counter = block(at->count);
    const ir::Label known = code_.label();
    const Operand before = code_.load(counter, 8);
    code_.store(counter, 8, code_.binary(Op::add, before, number(1)));
    code_.branch(Cond::ne, before, number(0), known);
    outcome(KernelOutcome::Kind::warning, site, this->at(allocate(header_size, "warning")), 0, pid, tid);
    code_.place(known);
}

// From now on programs do nothing more, and neither do the clauses behind this one.
void KernelHome::exit(Operand pid, Operand tid) {
    code_.store(code_.map_value(maps_.shared(program_), offsetof(KernelShared, exited)), 8, number(1));
    outcome(KernelOutcome::Kind::exit, 0, at(allocate(header_size, "exit")), 0, pid, tid);
    code_.jump(after_exit_);
}

std::string_view KernelHome::probe_text() const {
    const TupleIndex& index = tuples_[tuple_];
    return program_.clauses[index.clause].probes[index.tuple].text;
}

KernelWork::Counters& KernelHome::counters() {
    for (KernelWork::Counters& made : layout_.counters) {
        if (made.tuple == tuple_) return made;
    }
    layout_.counters.push_back({tuple_, reserve(8), reserve(8)});
    return layout_.counters.back();
}

void KernelHome::count_event() { add(block(counters().events), number(1)); }

void KernelHome::count_unreadable() { add(block(KernelWork::unreadable), number(1)); }

void KernelHome::count_match() { add(block(counters().matched), number(1)); }

}  // namespace probevue
