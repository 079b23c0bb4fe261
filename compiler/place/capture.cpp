#include "compiler/place/capture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>

#include "compiler/ir/storage.h"
#include "compiler/place/hook.h"
#include "compiler/place/translate.h"
#include "compiler/program/hook_choice.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

// Arguments that a pair of programs carries from entry to exit.
constexpr int32_t kept_arguments = 3;

// A tuple that a program serves, with the clause it belongs to.
struct Served {
    TupleIndex index;
    const ir::Function* clause = nullptr;
    const ProbeRequest* request = nullptr;
    SourcePosition position;
    bool in_kernel = false;  // all of the clause runs in the program
};

// Tuples that the same hooks serve: those of a kind, and on functions of programs those that ask for the same ones.
struct Group {
    ProbeKind kind;
    std::string target;

    auto operator<=>(const Group&) const = default;
};

Group group_of(const ProbeRequest& request) {
    if (!contains(function_probes, request.kind)) return {request.kind, {}};
    return {request.kind,
            fmt::format("{}\n{}\n{}\n{}", request.pid.value_or(0), request.program, request.module, request.function)};
}

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
    Writer(const KernelFacts& facts, const HookRow& row, KernelMaps maps, const std::vector<Served>& served,
           const Program& script, uint32_t number)
        : row_(row),
          hook_(facts, row, prototype_of(row, facts).value_or(Prototype{}), maps),
          code_(hook_.code()),
          served_(served),
          script_(script),
          number_(number),
          home_(code_, maps, script, number) {}

    // Fields are those that clauses in the engine read.
    ir::Function write(const std::set<EventField>& fields, bool predicates);
    KernelProgram& program() { return program_; }
    const std::string& missing() const { return hook_.missing(); }

private:
    void prologue();
    void only_of_program();
    void causes();
    void lay_out(const std::set<EventField>& fields);
    void capture_field(EventField field);
    void open_home();
    void run_clauses();
    void run_clause(uint32_t tuple, ir::Label after_exit);
    void hand_over(const std::set<EventField>& fields, bool predicates);
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
    KernelHome home_;
    bool at_home_ = false;  // clauses run in the program
    KernelProgram program_;
    KernelMemory record_;
    std::map<EventField, KernelMemory> own_;  // fields that are not in the record
    std::set<EventField> captured_;
    ir::Reg tuples_ = 0;
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

void Writer::prologue() {
    if (is_user(row_.point) && !served_.front().request->program.empty()) only_of_program();
    if (row_.rung == Rung::kprobe && row_.point == HookPoint::exit) hook_.take_kept_arguments(kept_arguments);
    if (row_.socket == from_socket) return;  // its own code finds it
    KernelPointer socket = hook_.pointer_argument(row_.socket);
    const bool from_packet = !row_.socket_path.empty();
    if (from_packet) {
        // Of the argument itself the kernel says that it is there.
        socket = hook_.follow(socket, row_.socket_path);
        socket.known = std::min(socket.known, hook_.facts().struct_size("sock").value_or(0));
    }
    hook_.reject_if(Cond::eq, socket.value, number(0));
    hook_.set_socket(socket);
    if (from_packet) {
        // Requests and TIME_WAIT are kept by smaller structures that have nothing else in common with a socket.
        const Operand state = hook_.read(socket, "sock_common.skc_state");
        constexpr int64_t time_wait = 6;
        constexpr int64_t new_request = 12;
        hook_.reject_if(Cond::eq, state, number(time_wait));
        hook_.reject_if(Cond::eq, state, number(new_request));
    }
    if (row_.protocol != 0) hook_.reject_if(Cond::ne, hook_.read(socket, "sock.sk_protocol"), number(row_.protocol));
}

void Writer::causes() {
    const std::span<const HookCause> rows = hook_causes(row_);
    if (rows.empty()) return;
    const ir::Reg why = code_.reg();
    const ir::Label known = code_.label();
    for (const HookCause& cause : rows) {
        int64_t value = cause.value;
        if (!cause.enumerated.empty()) {
            const std::optional<int64_t> found = hook_.facts().enumerator(cause.enumerated, cause.name);
            if (!found) continue;
            value = *found;
        }
        code_.set(why, number(static_cast<int64_t>(cause.why)));
        code_.branch(Cond::eq, hook_.integer_argument(cause.from), number(value), known);
    }
    code_.set(why, number(0));
    hook_.reject();
    code_.place(known);
    hook_.values[EventField::why] = Operand::of(why);
}

void Writer::lay_out(const std::set<EventField>& fields) {
    uint32_t offset = sizeof(KernelRecord);
    for (EventField field : fields) {
        const bool numbered = is_numbered(row_, field);
        const uint32_t size = numbered ? 8 : captured_size(field);
        program_.fields.push_back({field, static_cast<uint16_t>(offset), static_cast<uint16_t>(size), numbered});
        offset += size;
    }
    program_.record_size = offset;
    record_ = at_home_ ? home_.allocate(offset, "record") : KernelMemory{true, code_.slot(offset, "record"), 0, offset};
}

const CapturedField* Writer::in_record(EventField field) const {
    const auto at = std::find_if(program_.fields.begin(), program_.fields.end(),
                                 [&](const CapturedField& row) { return row.field == field; });
    return at == program_.fields.end() ? nullptr : &*at;
}

void Writer::capture_field(EventField field) {
    if (!captured_.insert(field).second) return;
    const CapturedField* row = in_record(field);
    const uint32_t size = row != nullptr ? row->size : captured_size(field);
    if (row == nullptr && !own_.contains(field)) own_[field] = home_.allocate(size, "field");
    const KernelPlace to = row != nullptr ? home_.at(record_, row->offset) : home_.at(own_.at(field));
    if (write_field(hook_, field, to)) return;
    for (int32_t at = 0; at < static_cast<int32_t>(size); at += 8) code_.store({to.base, to.offset + at}, 8, number(0));
}

std::optional<KernelPlace> Writer::find(EventField field) {
    if (!captured_.contains(field)) return std::nullopt;
    if (const CapturedField* row = in_record(field)) {
        if (row->numbered) return std::nullopt;
        return home_.at(record_, row->offset);
    }
    return home_.at(own_.at(field));
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
    const FindField finder = [&](EventField field) { return find(field); };
    if (speaks(clause)) {
        for (EventField field : {EventField::pid, EventField::tid}) capture_field(field);
    }
    home_.begin(tuple, after_exit);
    home_.count_event();
    for (EventField field : predicate_fields(clause)) capture_field(field);
    Translator(code_, clause, script_, finder, &home_).whole(next, next, [&] {
        home_.count_match();
        for (EventField field : clause_fields(clause)) capture_field(field);
    });
    code_.place(next);
    // What has been read on one way only is not there on all.
    captured_ = before;
}

// Which tuples want the event.
void Writer::select(bool predicates) {
    tuples_ = code_.reg();
    uint64_t always = 0;
    const auto bit_of = [](size_t i) { return uint64_t{1} << std::min<size_t>(i, most_tuple_bits - 1); };
    const auto tested = [&](size_t i) {
        return predicates && served_[i].clause->body != ir::no_label && i + 1 < most_tuple_bits;
    };
    for (size_t i = 0; i < served_.size(); ++i) {
        if (!served_[i].in_kernel && !tested(i)) always |= bit_of(i);
    }
    const FindField finder = [&](EventField field) { return find(field); };
    code_.set(tuples_, number(static_cast<int64_t>(always)));
    for (size_t i = 0; i < served_.size(); ++i) {
        if (served_[i].in_kernel || !tested(i)) continue;
        const ir::Label next = code_.label();
        Translator(code_, *served_[i].clause, script_, finder, nullptr).predicate(next);
        const Operand bit = code_.result({.op = Op::constant, .a = number(static_cast<int64_t>(bit_of(i)))});
        code_.set(tuples_, code_.binary(Op::or_, Operand::of(tuples_), bit));
        code_.place(next);
    }
    code_.at(served_.front().position);
    if (always == 0) hook_.reject_if(Cond::eq, Operand::of(tuples_), number(0));
}

void Writer::header() {
    const auto at = [&](size_t offset) { return home_.at(record_, static_cast<int32_t>(offset)); };
    code_.store(at(offsetof(KernelRecord, time_ns)), 8,
                at_home_ ? home_.monotonic() : code_.call(BPF_FUNC_ktime_get_ns, {}));
    code_.store(at(offsetof(KernelRecord, program)), 4, number(number_));
    code_.store(at(offsetof(KernelRecord, cpu)), 2, code_.call(BPF_FUNC_get_smp_processor_id, {}));
    code_.store(at(offsetof(KernelRecord, kind)), 2, number(0));
    code_.store(at(offsetof(KernelRecord, tuples)), 8, Operand::of(tuples_));
}

// What clauses in the engine need goes into a record.
void Writer::hand_over(const std::set<EventField>& fields, bool predicates) {
    if (predicates) {
        for (const Served& served : served_) {
            if (served.in_kernel) continue;
            for (EventField field : predicate_fields(*served.clause)) capture_field(field);
        }
    }
    select(predicates);
    for (EventField field : fields) capture_field(field);
    header();
    submit(code_, home_.at(record_), program_.record_size);
}

ir::Function Writer::write(const std::set<EventField>& fields, bool predicates) {
    // What a program returns decides about a packet only where it stands in its way.
    const int64_t result = row_.point == HookPoint::cgroup_ingress ? 1 : 0;
    const auto is_ours = [](const Served& served) { return served.in_kernel; };
    const bool all_at_home = std::all_of(served_.begin(), served_.end(), is_ours);
    at_home_ = std::any_of(served_.begin(), served_.end(), is_ours);
    for (const Served& one : served_) program_.tuples.push_back(one.index);
    code_.function().name = fmt::format("hook {} {}", rung_row(row_.rung).name, row_.target);
    code_.at(served_.front().position);
    hook_.set_rejected(code_.label());
    prologue();
    causes();
    write_condition(hook_);
    if (at_home_) open_home();
    if (!all_at_home) lay_out(fields);
    if (at_home_) run_clauses();
    if (!all_at_home) hand_over(fields, predicates);
    if (at_home_) home_.finish(program_);
    code_.place(hook_.rejected());
    code_.leave(result);
    return std::move(code_.function());
}

ir::Function write_entry(const KernelFacts& facts, const HookRow& row, KernelMaps maps) {
    Hook hook(facts, row, Prototype{}, maps);
    KernelCode& code = hook.code();
    code.function().name = fmt::format("entry of {}", row.target);
    hook.keep_arguments(kept_arguments);
    code.leave(0);
    return std::move(code.function());
}

class Capturer {
public:
    Capturer(ir::Module& module, const KernelFacts& facts, std::optional<Rung> rung)
        : module_(module), program_(module.program), facts_(facts), rung_(rung) {}

    void run() {
        std::map<Group, std::vector<Served>> groups;
        for (uint32_t clause = 0; clause < program_.clauses.size(); ++clause) {
            const std::vector<ProbeRequest>& probes = program_.clauses[clause].probes;
            for (uint32_t tuple = 0; tuple < probes.size(); ++tuple) {
                const bool ours = std::any_of(hook_rows().begin(), hook_rows().end(),
                                              [&](const HookRow& row) { return row.kind == probes[tuple].kind; });
                if (ours)
                    groups[group_of(probes[tuple])].push_back({{clause, tuple},
                                                               &module_.functions[clause],
                                                               &probes[tuple],
                                                               probes[tuple].position,
                                                               program_.clauses[clause].home == Home::kernel});
            }
        }
        program_.for_kernel = true;
        program_.kernel_programs.clear();
        program_.kernel_refusals.clear();
        module_.kernel.clear();
        if (groups.empty()) return;
        program_.kernel_maps = {{KernelMap::Use::ring, "records", 0, 0, 0},
                                {KernelMap::Use::lost, "lost records", 4, 8, 1}};
        for (const auto& [group, served] : groups) serve(group.kind, served);
        size_work();
    }

private:
    // The block is as large as the program that needs most of it.
    void size_work() {
        for (KernelMap& map : program_.kernel_maps) {
            if (map.use != KernelMap::Use::work) continue;
            map.entries = static_cast<uint32_t>(program_.kernel_programs.size());
            for (const KernelProgram& kernel : program_.kernel_programs)
                map.value_size = std::max(map.value_size, kernel.work.size);
        }
    }

    void serve(ProbeKind kind, const std::vector<Served>& served) {
        std::string tried;
        const std::vector<const HookRow*> rows = choose_hooks(kind, facts_, rung_, tried);
        std::set<EventField> fields = {EventField::pid, EventField::tid};
        for (const Served& one : served) {
            if (!one.in_kernel) fields.merge(clause_fields(*one.clause));
        }
        const size_t programs = program_.kernel_programs.size();
        for (const HookRow* row : rows) {
            if (const std::string missing = add(*row, served, fields); !missing.empty()) {
                tried = fmt::format("{} {}: {}", rung_row(row->rung).name, row->target, missing);
                program_.kernel_programs.resize(programs);
                module_.kernel.resize(programs);
                break;
            }
        }
        if (program_.kernel_programs.size() != programs) return;
        for (const Served& one : served) program_.kernel_refusals.push_back({one.index, tried});
    }

    // What the kernel lacks, empty when the program is made.
    std::string add(const HookRow& row, const std::vector<Served>& served, const std::set<EventField>& fields) {
        const auto number_of_program = static_cast<uint32_t>(program_.kernel_programs.size());
        const KernelMaps maps(program_.kernel_maps);
        Writer writer(facts_, row, maps, served, program_, number_of_program);
        ir::KernelFunctions functions;
        functions.whole = writer.write(fields, true);
        if (!writer.missing().empty()) return writer.missing();
        if (std::any_of(served.begin(), served.end(),
                        [](const Served& one) { return !one.in_kernel && one.clause->body != ir::no_label; })) {
            functions.plain = Writer(facts_, row, maps, served, program_, number_of_program).write(fields, false);
        }
        if (row.rung == Rung::kprobe && row.point == HookPoint::exit) functions.entry = write_entry(facts_, row, maps);
        KernelProgram& made = program_.kernel_programs.emplace_back(std::move(writer.program()));
        made.hook = &row;
        if (const std::optional<Prototype> prototype = prototype_of(row, facts_)) made.btf_id = prototype->btf_id;
        module_.kernel.push_back(std::move(functions));
        return {};
    }

    ir::Module& module_;
    Program& program_;
    const KernelFacts& facts_;
    std::optional<Rung> rung_;
};

}  // namespace

void capture(ir::Module& module, const KernelFacts& facts, std::optional<Rung> rung) {
    Capturer(module, facts, rung).run();
}

}  // namespace probevue
