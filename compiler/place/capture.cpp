#include "compiler/place/capture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>

#include "compiler/ir/storage.h"
#include "compiler/place/hook.h"
#include "compiler/place/predicate.h"
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

// Writes one program.
class Writer {
public:
    Writer(const KernelFacts& facts, const HookRow& row, KernelMaps maps, const std::vector<Served>& served,
           const std::vector<uint8_t>& rodata)
        : row_(row),
          hook_(facts, row, prototype_of(row, facts).value_or(Prototype{}), maps),
          code_(hook_.code()),
          served_(served),
          rodata_(rodata) {}

    // `number` is the program's own; fields are those that the clauses read.
    ir::Function write(uint32_t number, const std::set<EventField>& fields, bool predicates);
    KernelProgram& program() { return program_; }
    const std::string& missing() const { return hook_.missing(); }

private:
    void prologue(uint32_t number_of_program);
    void only_of_program(uint32_t number_of_program);
    void causes();
    void lay_out(const std::set<EventField>& fields);
    void capture_field(EventField field);
    void select(bool predicates);
    void header(uint32_t number);
    void submit();
    std::optional<KernelPlace> find(EventField field);

    const HookRow& row_;
    Hook hook_;
    KernelCode& code_;
    const std::vector<Served>& served_;
    const std::vector<uint8_t>& rodata_;
    KernelProgram program_;
    ir::Slot record_ = 0;
    std::set<EventField> captured_;
    ir::Reg tuples_ = 0;
};

// A tuple that names a program: libraries are other programs' too. The run time knows the inode of its file.
void Writer::only_of_program(uint32_t number_of_program) {
    const uint32_t map = hook_.maps().executables(number_of_program + 1);
    const ir::Slot key = code_.slot(8, "program");
    code_.store(code_.in_slot(key), 8, number(number_of_program));
    const Operand wanted = code_.call(BPF_FUNC_map_lookup_elem, {code_.map(map), code_.address(code_.in_slot(key))});
    hook_.reject_if(Cond::eq, wanted, number(0));
    const Operand inode = code_.load({wanted, 0}, 8);
    const KernelPointer task{code_.call(BPF_FUNC_get_current_task, {}), 0};
    hook_.reject_if(Cond::ne, hook_.read(task, "task_struct.mm->exe_file->f_inode->i_ino"), inode);
}

void Writer::prologue(uint32_t number_of_program) {
    if (is_user(row_.point) && !served_.front().request->program.empty()) only_of_program(number_of_program);
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
    record_ = code_.slot(offset, "record");
}

void Writer::capture_field(EventField field) {
    if (!captured_.insert(field).second) return;
    const auto row = std::find_if(program_.fields.begin(), program_.fields.end(),
                                  [&](const CapturedField& f) { return f.field == field; });
    if (row == program_.fields.end()) return;
    if (!write_field(hook_, field, code_.in_slot(record_, row->offset))) {
        for (int32_t at = 0; at < row->size; at += 8)
            code_.store(code_.in_slot(record_, row->offset + at), 8, number(0));
    }
}

std::optional<KernelPlace> Writer::find(EventField field) {
    if (!captured_.contains(field)) return std::nullopt;
    for (const CapturedField& row : program_.fields) {
        if (row.field == field && !row.numbered) return code_.in_slot(record_, row.offset);
    }
    return std::nullopt;
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
        if (!tested(i)) always |= bit_of(i);
    }
    code_.set(tuples_, number(static_cast<int64_t>(always)));
    for (size_t i = 0; i < served_.size(); ++i) {
        if (!tested(i)) continue;
        const ir::Label next = code_.label();
        write_predicate(
            code_, *served_[i].clause, rodata_, [&](EventField field) { return find(field); }, next);
        const Operand bit = code_.result({.op = Op::constant, .a = number(static_cast<int64_t>(bit_of(i)))});
        code_.set(tuples_, code_.binary(Op::or_, Operand::of(tuples_), bit));
        code_.place(next);
    }
    code_.at(served_.front().position);
    if (always == 0) hook_.reject_if(Cond::eq, Operand::of(tuples_), number(0));
}

void Writer::header(uint32_t number_of_program) {
    const auto at = [&](size_t offset) { return code_.in_slot(record_, static_cast<int32_t>(offset)); };
    code_.store(at(offsetof(KernelRecord, time_ns)), 8, code_.call(BPF_FUNC_ktime_get_ns, {}));
    code_.store(at(offsetof(KernelRecord, program)), 4, number(number_of_program));
    code_.store(at(offsetof(KernelRecord, cpu)), 4, code_.call(BPF_FUNC_get_smp_processor_id, {}));
    code_.store(at(offsetof(KernelRecord, tuples)), 8, Operand::of(tuples_));
}

// Waking the reader is most of the cost of an event: it comes by itself every some milliseconds, and is woken only when
// much is waiting.
void Writer::submit() {
    constexpr int64_t much = 64 * 1024;
    constexpr int64_t band = 4096;  // within which the level is looked for: each crossing wakes, not each record above
    constexpr int64_t no_wakeup = BPF_RB_NO_WAKEUP;
    constexpr int64_t force_wakeup = BPF_RB_FORCE_WAKEUP;
    const ir::Reg flags = code_.reg();
    const ir::Label quiet = code_.label();
    const ir::Label done = code_.label();
    const Operand waiting = code_.call(BPF_FUNC_ringbuf_query, {code_.map(kernel_ring), number(BPF_RB_AVAIL_DATA)});
    code_.set(flags, number(no_wakeup));
    code_.branch(Cond::ult, waiting, number(much), quiet);
    code_.branch(Cond::ugt, waiting, number(much + band), quiet);
    code_.set(flags, number(force_wakeup));
    code_.place(quiet);
    const Operand failed =
        code_.call(BPF_FUNC_ringbuf_output, {code_.map(kernel_ring), code_.address(code_.in_slot(record_)),
                                             number(program_.record_size), Operand::of(flags)});
    code_.branch(Cond::eq, failed, number(0), done);
    const ir::Slot key = code_.slot(8, "zero");
    code_.store(code_.in_slot(key), 8, number(0));
    const Operand lost =
        code_.call(BPF_FUNC_map_lookup_elem, {code_.map(kernel_lost), code_.address(code_.in_slot(key))});
    code_.branch(Cond::eq, lost, number(0), done);
    code_.store({lost, 0}, 8, code_.binary(Op::add, code_.load({lost, 0}, 8), number(1)));
    code_.place(done);
}

ir::Function Writer::write(uint32_t number_of_program, const std::set<EventField>& fields, bool predicates) {
    // What a program returns decides about a packet only where it stands in its way.
    const int64_t result = row_.point == HookPoint::cgroup_ingress ? 1 : 0;
    code_.function().name = fmt::format("hook {} {}", rung_row(row_.rung).name, row_.target);
    code_.at(served_.front().position);
    hook_.set_rejected(code_.label());
    prologue(number_of_program);
    causes();
    write_condition(hook_);
    lay_out(fields);
    if (predicates) {
        for (const Served& served : served_) {
            for (EventField field : predicate_fields(*served.clause)) capture_field(field);
        }
    }
    select(predicates);
    for (EventField field : fields) capture_field(field);
    header(number_of_program);
    submit();
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
                    groups[group_of(probes[tuple])].push_back(
                        {{clause, tuple}, &module_.functions[clause], &probes[tuple], probes[tuple].position});
            }
        }
        program_.for_kernel = true;
        if (groups.empty()) return;
        program_.kernel_maps = {{KernelMap::Use::ring, "records", 0, 0, 0},
                                {KernelMap::Use::lost, "lost records", 4, 8, 1}};
        for (const auto& [group, served] : groups) serve(group.kind, served);
    }

private:
    void serve(ProbeKind kind, const std::vector<Served>& served) {
        std::string tried;
        const std::vector<const HookRow*> rows = choose_hooks(kind, facts_, rung_, tried);
        std::set<EventField> fields = {EventField::pid, EventField::tid};
        for (const Served& one : served) {
            for (const ir::Inst& inst : one.clause->code) {
                if (inst.op == Op::event_field) fields.insert(static_cast<EventField>(inst.index));
            }
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
        const std::vector<uint8_t>& rodata = program_.maps[ir::rodata_map].contents;
        Writer writer(facts_, row, maps, served, rodata);
        ir::KernelFunctions functions;
        functions.whole = writer.write(number_of_program, fields, true);
        if (!writer.missing().empty()) return writer.missing();
        if (std::any_of(served.begin(), served.end(),
                        [](const Served& one) { return one.clause->body != ir::no_label; })) {
            functions.plain = Writer(facts_, row, maps, served, rodata).write(number_of_program, fields, false);
        }
        if (row.rung == Rung::kprobe && row.point == HookPoint::exit) functions.entry = write_entry(facts_, row, maps);
        KernelProgram& made = program_.kernel_programs.emplace_back(std::move(writer.program()));
        made.hook = &row;
        if (const std::optional<Prototype> prototype = prototype_of(row, facts_)) made.btf_id = prototype->btf_id;
        for (const Served& one : served) made.tuples.push_back(one.index);
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
