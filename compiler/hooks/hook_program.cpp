// The order of Writer::write() is the order in which the program runs: what must be there, whether the event happens,
// whose it is, clauses, the record. What is computed early is at hand later; nothing is read twice.
#include "compiler/hooks/hook_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "builtins/giving.h"
#include "compiler/hooks/conditions.h"
#include "compiler/hooks/read_code.h"
#include "compiler/ir/storage.h"
#include "compiler/kernel/translate.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

// Does the clause tell the session something by itself?
bool speaks(const ir::Function& clause) {
    return std::any_of(clause.code.begin(), clause.code.end(), [](const ir::Inst& inst) {
        if (inst.op != Op::call) return false;
        const auto helper = static_cast<Helper>(inst.index);
        return helper == Helper::emit || helper == Helper::exit || helper == Helper::warn;
    });
}

bool asks_for_time(const ir::Function& clause) {
    return std::any_of(clause.code.begin(), clause.code.end(),
                       [](const ir::Inst& inst) { return inst.op == Op::context; });
}

// Writes one program.
class Writer {
public:
    Writer(const KernelFacts& facts, const HookRow& row, KernelMaps maps, const Group& group, const Program& script,
           uint32_t number, const HookWish& wish)
        : row_(row),
          hook_(facts, row, target_of(row, group.request), maps),
          code_(hook_.code()),
          served_(group.served),
          script_(script),
          number_(number),
          record_all_(wish.record_all),
          packet_bytes_(wish.packet_bytes),
          asks_owner_(wish.asks_owner()),
          asks_packet_(wish.asks_packet()),
          home_(code_, maps, script, number) {
        for (const HookField& field : view_fields(View::sock)) {
            if (wish.wants(field.field)) hook_.wanted.insert(field.field);
        }
        // What costs events where it is not known is asked for by clauses only.
        for (const EventField field : code_fields(row.code)) {
            if (wish.read_anywhere.contains(field)) hook_.wanted.insert(field);
        }
        hook_.network = group.network;
    }

    // `read` are the fields that clauses in the engine read.
    ir::Function write(const std::set<EventField>& read, bool predicates);
    KernelProgram& program() { return program_; }
    const std::string& missing() const { return hook_.missing(); }

private:
    void prologue();
    void only_of_program();
    void only_of_network();
    void take(const Root& root);
    bool finds_things() const;  // by its own code
    void causes();
    void lay_out(const std::set<EventField>& fields);
    void lay_out_reads();
    void write_read_memory(Operand record);
    void capture_field(EventField field);
    void capture_fields(const std::set<EventField>& fields, size_t tuple);
    FindField finder(size_t tuple);
    void open_home();
    void run_clauses();
    void run_clause(uint32_t tuple, ir::Label after_exit);
    void hand_over(const std::set<EventField>& fields, bool predicates);
    std::set<int64_t> processes() const;
    void preselect();
    void preselect_one(size_t tuple, ir::Label other);
    void pass_unless_selected(size_t tuple, ir::Label other);
    Operand unknown_zero();
    void select(bool predicates);
    void header();
    std::optional<KernelPlace> find(EventField field);
    const CapturedField* in_record(EventField field) const;

    const HookRow& row_;
    Hook hook_;
    KernelCode& code_;
    const std::vector<Served>& served_;
    const Program& script_;
    uint32_t number_;
    bool record_all_;
    uint32_t packet_bytes_;  // that go along with a record
    bool asks_owner_;        // clauses read whose the socket is
    bool asks_packet_;       // and which packet it is
    KernelHome home_;
    bool at_home_ = false;  // clauses run in the program
    KernelProgram program_;
    KernelMemory record_;
    std::map<EventField, KernelMemory> own_;  // fields that are not in the record
    uint32_t head_size_ = 0;                  // of the record: header and fields, which are put together elsewhere
    std::vector<ClauseReads> reads_;          // by tuple; those of a clause go with its first
    std::set<EventField> captured_;
    Operand cpu_;  // that the program runs on
    ir::Reg tuples_ = 0;
    std::optional<FilteredPacket> packet_;  // when tuples have filters
    std::optional<ir::Reg> selected_;       // the tuples that the event is for, before their predicates
};

// A tuple that names a program: libraries are other programs' too. The run time knows the inode of its file.
void Writer::only_of_program() {
    const uint32_t map = hook_.maps().executables(number_ + 1);
    const ir::Slot key = code_.slot(8, "program");
    code_.store(code_.in_slot(key), 8, number(number_));
    const Operand wanted = code_.call(BPF_FUNC_map_lookup_elem, {code_.map(map), code_.address(code_.in_slot(key))});
    hook_.reject_if(Cond::eq, wanted, number(0));
    const Operand inode = code_.load({wanted, 0}, 8);
    const KernelPointer task{code_.call(BPF_FUNC_get_current_task, {}), 0};
    hook_.reject_if(Cond::ne, hook_.read(task, "task_struct.mm->exe_file->f_inode->i_ino"), inode);
}

// Other people's connections are none of this session's.
void Writer::only_of_network() {
    if (hook_.network) hook_.reject_if(Cond::ne, network_of(hook_), number(*hook_.network));
}

// Of the things that must be there, an event without one is none.
void Writer::take(const Root& root) {
    // The hook's own code finds it; threads are asked for.
    if (root.argument == found_by_code || root.view == View::task) return;
    if (root.argument == from_result) {
        const KernelPointer result = hook_.doubtful_argument(from_result);
        hook_.reject_if(Cond::eq, result.value, number(0));
        return hook_.set_thing(root.view, result);
    }
    if (root.may_lack) return hook_.set_thing(root.view, hook_.doubtful_argument(root.argument));
    KernelPointer thing = hook_.pointer_argument(root.argument);
    const bool followed = !root.path.empty();
    if (followed) {
        // Of the argument itself the kernel says that it is there.
        thing = hook_.follow(thing, root.path);
        thing.known = std::min(thing.known, hook_.facts().struct_size(view_row(root.view).structure).value_or(0));
    }
    hook_.reject_if(Cond::eq, thing.value, number(0));
    hook_.set_thing(root.view, thing);
    if (followed && root.view == View::sock) leave_unless_whole(hook_, thing, hook_.rejected());
}

void Writer::prologue() {
    const auto* of_user = served_.front().request->as<UserFunctionProbe>();
    if (of_user != nullptr && !of_user->program.empty()) only_of_program();
    if (row_.rung == Rung::kprobe && row_.point == HookPoint::exit) hook_.take_kept_arguments();
    for (const Root& root : row_.roots) take(root);
    if (row_.protocol != 0 && !finds_things()) {
        const Operand protocol = hook_.read(hook_.socket(), "sock.sk_protocol");
        hook_.reject_if(Cond::ne, protocol, number(row_.protocol));
    }
    for (const HookWhen& when : hook_whens(row_)) {
        const KernelPointer from = when.from == from_socket ? hook_.socket() : hook_.pointer_argument(when.from);
        hook_.reject_if(Cond::ne, hook_.read(from, when.path), number(when.value));
    }
    if (!finds_things()) only_of_network();
}

bool Writer::finds_things() const {
    return std::any_of(row_.roots.begin(), row_.roots.end(),
                       [](const Root& root) { return root.argument == found_by_code; });
}

void Writer::causes() {
    const std::span<const HookCause> rows = hook_causes(row_);
    if (rows.empty()) return;
    const ir::Reg why = code_.reg();
    const ir::Label known = code_.label();
    bool any = false;
    for (const HookCause& cause : rows) {
        int64_t value = cause.value;
        if (!cause.enumerated.empty()) {
            const std::optional<int64_t> found = hook_.facts().enumerator(cause.enumerated, cause.name);
            if (!found) continue;
            value = *found;
        }
        any = true;
        code_.set(why, number(static_cast<int64_t>(cause.why)));
        code_.branch(Cond::eq, hook_.integer_argument(cause.from), number(value), known);
    }
    if (!any) hook_.lacks(fmt::format("the kernel has no enumerator `{}`", rows.front().name));
    code_.set(why, number(0));
    hook_.reject();
    code_.place(known);
    hook_.values[EventField::why] = Operand::of(why);
}

void Writer::lay_out(const std::set<EventField>& fields) {
    uint32_t offset = sizeof(KernelRecord);
    for (EventField field : fields) {
        const bool numbered = is_numbered(row_, field);
        const bool absent = record_all_ && is_absent(hook_, field);
        const uint32_t size = absent ? 0 : numbered ? 8 : captured_size(field);
        program_.fields.push_back({field, static_cast<uint16_t>(offset), static_cast<uint16_t>(size), numbered});
        offset += size;
    }
    head_size_ = offset;
    program_.record_size = offset;
    record_ = at_home_ ? home_.allocate(offset, "record") : KernelMemory{true, code_.slot(offset, "record"), 0, offset};
    lay_out_reads();
}

// What clauses read lies behind the fields. What does not fit is left for them to read by themselves.
void Writer::lay_out_reads() {
    constexpr uint32_t most = 24'000;  // bytes of a record; offsets of memory accesses have 16 bits
    std::set<std::pair<const ir::Function*, uint8_t>> clauses;
    for (const Served& served : served_) {
        const bool first = !served.in_kernel && clauses.emplace(served.clause, served.skipped).second;
        reads_.push_back(first ? find_reads(*served.clause, script_.maps[ir::rodata_map].contents) : ClauseReads{});
        // A function of a program has no stack in the kernel: the user's is what is meant.
        std::vector<ClauseRead>& found = reads_.back().reads;
        if (is_user(row_.point) && std::any_of(found.begin(), found.end(), [](const ClauseRead& read) {
                return read.kind == CapturedKind::kernel_stack;
            }))
            found.push_back({CapturedKind::user_stack, no_value, no_value, 8 * most_frames});
        for (const ClauseRead& read : found) {
            CapturedRead place{read.kind, program_.record_size, capacity_of(read)};
            const auto size = static_cast<uint32_t>(sizeof(CapturedHeader)) + place.capacity;
            if (!can_read(row_, read.kind) || program_.record_size + size > most) place.capacity = 0;
            if (place.capacity != 0) program_.record_size += size;
            program_.reads.push_back(place);
        }
    }
    if (packet_bytes_ == 0) return;
    const CapturedRead packet{CapturedKind::packet, program_.record_size,
                              static_cast<uint32_t>(sizeof(CapturedPacket)) + packet_bytes_};
    program_.reads.push_back(packet);
    program_.record_size += static_cast<uint32_t>(sizeof(CapturedHeader)) + packet.capacity;
}

// Reads for a clause only what its predicate has let through.
void Writer::write_read_memory(Operand record) {
    size_t next = 0;
    for (size_t i = 0; i < reads_.size(); ++i) {
        const std::span<const CapturedRead> places = std::span(program_.reads).subspan(next, reads_[i].reads.size());
        next += places.size();
        if (places.empty()) continue;
        for (const CapturedRead& place : places) {
            if (place.capacity != 0) write_nothing(code_, record, place);
        }
        const ir::Label unwanted = code_.label();
        const bool alone = served_.size() == 1 || i + 1 >= most_tuple_bits;
        if (!alone) {
            // A clause with several tuples here is asked for by any of them.
            uint64_t bits = 0;
            for (size_t other = i; other < served_.size(); ++other) {
                if (served_[other].clause == served_[i].clause && served_[other].skipped == served_[i].skipped)
                    bits |= uint64_t{1} << std::min<size_t>(other, most_tuple_bits - 1);
            }
            const Operand mask = code_.result({.op = Op::constant, .a = number(static_cast<int64_t>(bits))});
            code_.branch(Cond::eq, code_.binary(Op::and_, Operand::of(tuples_), mask), number(0), unwanted);
        }
        write_reads(hook_, reads_[i], places, record, finder(i));
        code_.place(unwanted);
    }
    if (packet_bytes_ == 0) return;
    if (const Root* root = packet_root(row_))
        return write_packet(hook_, hook_.thing(root->view), program_.reads.back(), record);
    hook_.lacks("nothing there tells the packet");
}

const CapturedField* Writer::in_record(EventField field) const {
    const auto at = std::find_if(program_.fields.begin(), program_.fields.end(),
                                 [&](const CapturedField& row) { return row.field == field; });
    return at == program_.fields.end() ? nullptr : &*at;
}

void Writer::capture_field(EventField field) {
    if (is_looked_up(row_, field)) return;  // nobody knows it here: what needs it is left to the engine
    if (!captured_.insert(field).second) return;
    const CapturedField* row = in_record(field);
    if (row != nullptr && row->size == 0) return;
    const uint32_t size = row != nullptr ? row->size : captured_size(field);
    if (row == nullptr && !own_.contains(field)) own_[field] = home_.allocate(size, "field");
    const KernelPlace to = row != nullptr ? home_.at(record_, row->offset) : home_.at(own_.at(field));
    if (!write_field(hook_, field, to)) hook_.lacks(fmt::format("nothing there tells the {}", event_field(field).doc));
}

std::optional<KernelPlace> Writer::find(EventField field) {
    if (!captured_.contains(field)) return std::nullopt;
    if (const CapturedField* row = in_record(field)) {
        if (row->numbered) return std::nullopt;
        return home_.at(record_, row->offset);
    }
    return home_.at(own_.at(field));
}

void Writer::capture_fields(const std::set<EventField>& fields, size_t tuple) {
    for (const EventField field : fields) capture_field(captured_as(field, served_[tuple].skipped));
}

FindField Writer::finder(size_t tuple) {
    return [this, skipped = served_[tuple].skipped](EventField field) { return find(captured_as(field, skipped)); };
}

// One time stands for the event, whatever the clauses do.
void Writer::open_home() {
    const bool stamped = std::any_of(served_.begin(), served_.end(), [](const Served& one) {
        return !one.in_kernel || speaks(*one.clause) || asks_for_time(*one.clause);
    });
    home_.open(hook_.rejected(), stamped);
    home_.set_tuples(program_.tuples);
}

// In the order of the text.
void Writer::run_clauses() {
    const ir::Label end = code_.label();
    for (uint32_t i = 0; i < served_.size(); ++i) {
        if (served_[i].in_kernel) run_clause(i, end);
    }
    code_.place(end);
}

void Writer::run_clause(uint32_t tuple, ir::Label after_exit) {
    const ir::Function& clause = *served_[tuple].clause;
    const std::set<EventField> before = captured_;
    const ir::Label next = code_.label();
    if (speaks(clause)) {
        for (EventField field : {EventField::pid, EventField::tid}) capture_field(field);
    }
    home_.begin(tuple, after_exit);
    pass_unless_selected(tuple, next);
    capture_fields(predicate_fields(clause), tuple);
    Translator(code_, clause, script_, finder(tuple), &home_).whole(next, next, [&] {
        // As of other clauses: what the predicate rejects in the kernel is no event of the session.
        home_.count_event();
        home_.count_match();
        capture_fields(clause_fields(clause), tuple);
    });
    code_.place(next);
    // What has been read on one way only is not there on all.
    captured_ = before;
}

uint64_t bit_of(size_t tuple) { return uint64_t{1} << std::min<size_t>(tuple, most_tuple_bits - 1); }

Operand bit_operand(KernelCode& code, size_t tuple) {
    return code.result({.op = Op::constant, .a = number(static_cast<int64_t>(bit_of(tuple)))});
}

// Those that the tuples are for; empty: all.
std::set<int64_t> Writer::processes() const {
    std::set<int64_t> out;
    for (const Served& one : served_) {
        if (!one.selection.pid) return {};
        out.insert(*one.selection.pid);
    }
    return out;
}

// Most events that pass here are for nobody: that is found out before anything is read.
void Writer::preselect() {
    const auto selects = [](const Served& one) { return one.selection.selects(); };
    const bool any = std::any_of(served_.begin(), served_.end(), selects);
    if (any || hook_.call_number) prepare_selection(hook_);
    if (hook_.call_is_32bit) reject_32bit_calls(hook_, processes());
    if (!any) return;
    if (std::any_of(served_.begin(), served_.end(),
                    [](const Served& one) { return one.selection.filter != nullptr; })) {
        if (const Root* root = packet_root(row_)) {
            packet_.emplace(hook_, hook_.thing(root->view));
        } else {
            hook_.lacks("nothing there tells the packet");
        }
    }
    selected_ = code_.reg();
    constexpr size_t few = 4;  // sets of so many tuples the verifier may tell apart
    code_.set(*selected_, served_.size() <= few ? number(0) : unknown_zero());
    for (size_t i = 0; i < served_.size(); ++i) {
        const ir::Label next = code_.label();
        preselect_one(i, next);
        const Op add = i + 1 < most_tuple_bits ? Op::xor_ : Op::or_;  // the last bit may be there already
        code_.set(*selected_, code_.binary(add, Operand::of(*selected_), bit_operand(code_, i)));
        code_.place(next);
    }
    if (std::all_of(served_.begin(), served_.end(), selects))
        hook_.reject_if(Cond::eq, Operand::of(*selected_), number(0));
}

// A filter that stands at several tuples is asked once.
void Writer::preselect_one(size_t tuple, ir::Label other) {
    const auto same = std::find_if(served_.begin(), served_.end(), [&](const Served& one) {
        return one.selection.filters_as(served_[tuple].selection);
    });
    const auto first = static_cast<size_t>(same - served_.begin());
    if (first >= tuple) return write_selection(hook_, served_[tuple].selection, packet_, other);
    const Operand passed = code_.binary(Op::and_, Operand::of(*selected_), bit_operand(code_, first));
    code_.branch(Cond::eq, passed, number(0), other);
}

void Writer::pass_unless_selected(size_t tuple, ir::Label other) {
    if (!selected_) return;
    // The last bit is of all tuples from there on.
    if (tuple + 1 >= most_tuple_bits) return write_selection(hook_, served_[tuple].selection, packet_, other);
    const Operand wanted = code_.binary(Op::and_, Operand::of(*selected_), bit_operand(code_, tuple));
    code_.branch(Cond::eq, wanted, number(0), other);
}

// The verifier of kernels before 6.2 goes through all that follows once more for every set of tuples that it can tell
// apart, and gives up at 16 of them. It cannot tell when the bits are added to a number that it does not know.
Operand Writer::unknown_zero() {
    cpu_ = code_.call(BPF_FUNC_get_smp_processor_id, {});
    return code_.binary(Op::sub, cpu_, cpu_);
}

// Which tuples want the event.
void Writer::select(bool predicates) {
    tuples_ = code_.reg();
    uint64_t always = 0;
    const auto tested = [&](size_t i) {
        return predicates && served_[i].clause->body != ir::no_label && i + 1 < most_tuple_bits;
    };
    for (size_t i = 0; i < served_.size(); ++i) {
        if (!served_[i].in_kernel && !tested(i)) always |= bit_of(i);
    }
    code_.set(tuples_, code_.binary(Op::xor_, unknown_zero(), number(static_cast<int64_t>(always))));
    if (selected_) code_.set(tuples_, code_.binary(Op::and_, Operand::of(tuples_), Operand::of(*selected_)));
    for (size_t i = 0; i < served_.size(); ++i) {
        if (served_[i].in_kernel || !tested(i)) continue;
        const ir::Label next = code_.label();
        pass_unless_selected(i, next);
        Translator(code_, *served_[i].clause, script_, finder(i), nullptr).predicate(next);
        code_.set(tuples_, code_.binary(Op::xor_, Operand::of(tuples_), bit_operand(code_, i)));
        code_.place(next);
    }
    code_.at(served_.front().position);
    if (always == 0 || selected_) hook_.reject_if(Cond::eq, Operand::of(tuples_), number(0));
}

void Writer::header() {
    const auto at = [&](size_t offset) { return home_.at(record_, static_cast<int32_t>(offset)); };
    code_.store(at(offsetof(KernelRecord, time_ns)), 8,
                at_home_ ? home_.monotonic() : code_.call(BPF_FUNC_ktime_get_ns, {}));
    code_.store(at(offsetof(KernelRecord, program)), 4, number(number_));
    code_.store(at(offsetof(KernelRecord, cpu)), 2, cpu_);
    code_.store(at(offsetof(KernelRecord, kind)), 2, number(0));
    code_.store(at(offsetof(KernelRecord, tuples)), 8, Operand::of(tuples_));
}

// What clauses in the engine need goes into a record.
void Writer::hand_over(const std::set<EventField>& fields, bool predicates) {
    if (predicates) {
        for (size_t i = 0; i < served_.size(); ++i) {
            if (!served_[i].in_kernel) capture_fields(predicate_fields(*served_[i].clause), i);
        }
    }
    select(predicates);
    for (EventField field : fields) capture_field(field);
    header();
    submit(code_, home_.at(record_), head_size_,
           {program_.record_size - head_size_, [&](Operand record) { write_read_memory(record); }});
}

ir::Function Writer::write(const std::set<EventField>& read, bool predicates) {
    // What a program returns decides about a packet only where it stands in its way.
    const int64_t result = is_verdict(row_.point) ? 1 : 0;
    const auto is_ours = [](const Served& served) { return served.in_kernel; };
    const bool all_at_home = std::all_of(served_.begin(), served_.end(), is_ours);
    at_home_ = std::any_of(served_.begin(), served_.end(), is_ours);
    for (const Served& one : served_) program_.tuples.push_back(one.index);
    code_.function().name = fmt::format("hook {} {}", rung_row(row_.rung).name, hook_.target());
    code_.at(served_.front().position);
    hook_.set_rejected(code_.label());
    prologue();
    causes();
    write_condition(hook_);
    if (finds_things()) only_of_network();
    preselect();
    if (asks_owner_) keep_owner(hook_);
    if (asks_packet_) keep_packet_id(hook_);
    std::set<EventField> fields = read;
    if (record_all_) fields.merge(cheap_fields(hook_));
    if (row_.context == HookContext::caller && std::any_of(fields.begin(), fields.end(), is_read_from_task))
        hook_.keep_task();
    if (at_home_) open_home();
    if (!all_at_home) lay_out(fields);
    if (at_home_) run_clauses();
    if (!all_at_home) hand_over(fields, predicates);
    if (at_home_) home_.finish(program_);
    code_.place(hook_.rejected());
    code_.leave(result);
    return std::move(code_.function());
}

}  // namespace

EventField captured_as(EventField field, uint8_t skipped) {
    if (field < EventField::arg1 || field > EventField::arg32) return field;
    const auto shifted = static_cast<EventField>(static_cast<uint16_t>(field) + skipped);
    return std::min(shifted, EventField::arg32);  // no call has so many
}

HookProgram write_hook_program(const KernelFacts& facts, const HookRow& row, KernelMaps maps, const Group& group,
                               const Program& script, uint32_t number, const HookWish& wish) {
    Writer writer(facts, row, maps, group, script, number, wish);
    HookProgram out;
    out.code = writer.write(wish.read, wish.predicates);
    out.missing = writer.missing();
    out.program = std::move(writer.program());
    return out;
}

bool has_beginning(const HookRow& row, const HookWish& wish) {
    if (row.rung == Rung::kprobe && row.point == HookPoint::exit) return true;
    if (kept_at_beginning(row.code) == nullptr) return false;
    // What it was given, or what was there before, is known there only.
    if (row.code == HookCode::disconnect_result || row.code == HookCode::address_set) return true;
    const std::vector<EventField> computed = code_fields(row.code);
    return std::any_of(computed.begin(), computed.end(),
                       [&](EventField field) { return wish.read_anywhere.contains(field); });
}

HookProgram write_entry_program(const KernelFacts& facts, const HookRow& row, KernelMaps maps, const Group& group) {
    const std::string_view target = target_of(row, group.request);
    const std::string_view beginning = hook_beginning(row);
    HookRow at = row;
    if (!beginning.empty()) at.target = beginning;
    Hook hook(facts, at, beginning.empty() ? target : beginning, maps);
    hook.network = group.network;
    KernelCode& code = hook.code();
    code.function().name = fmt::format("beginning of {}", target);
    hook.set_rejected(code.label());
    if (row.rung == Rung::kprobe) hook.keep_arguments();
    if (const HookPart keep = kept_at_beginning(row.code)) {
        // A function has at its entry what its end is about; the beginning of a system call is another hook.
        for (const Root& root : row.roots) {
            if (beginning.empty() && root.argument >= 0)
                hook.set_thing(root.view, hook.pointer_argument(root.argument));
        }
        keep(hook);
    }
    code.place(hook.rejected());
    code.leave(0);
    HookProgram out;
    out.missing = hook.missing();
    out.code = std::move(code.function());
    return out;
}

}  // namespace probevue
