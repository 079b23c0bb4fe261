// Behind placement, before lowering: relies on each clause's home. From tuples to groups, from groups to hooks, and a
// program for each; what it cannot have it puts into Program::kernel_refusals.
#include "compiler/hooks/capture.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "builtins/base/text.h"
#include "builtins/giving.h"
#include "builtins/unknown.h"
#include "compiler/hooks/hook_program.h"
#include "compiler/hooks/owners.h"
#include "compiler/hooks/packet_ids.h"
#include "compiler/ir/storage.h"
#include "compiler/kernel/translate.h"
#include "compiler/program/hook_choice.h"
#include "compiler/program/kernel_loss.h"

namespace probevue {
namespace {

// What tuples must have in common besides the event: how the program is attached.
std::string attachment_of(const ProbeRequest& request) {
    if (!contains(function_probes | kernel_function_probes, request.kind) && request.interval_ms() == 0) return {};
    const int64_t pid = request.pid.value_or(0);
    if (const auto* interval = request.as<IntervalProbe>())
        return fmt::format("{} {} {}", pid, interval->ms, fmt::join(interval->cpus, "|"));
    if (const auto* function = request.as<UserFunctionProbe>())
        return fmt::format("{}\n{}\n{}\n{}", pid, function->program, function->module, function->name);
    return request.name();
}

// Fields that a clause reads by itself, and those that print_args() reads for it: what the probe point gives of a call.
std::set<EventField> fields_of(const Served& served) {
    std::set<EventField> fields = clause_fields(*served.clause);
    const bool prints_call =
        std::any_of(served.clause->code.begin(), served.clause->code.end(), [](const ir::Inst& inst) {
            return inst.op == ir::Op::call && inst.index == static_cast<uint32_t>(Helper::print_arguments);
        });
    if (!prints_call) return fields;
    const auto add = [&](EventField field) {
        if (giving(*served.request->point, captured_as(field, served.skipped)) != Giving::never) fields.insert(field);
    };
    add(EventField::function);
    add(EventField::return_value);
    for (auto field = static_cast<uint16_t>(EventField::arg1); field <= static_cast<uint16_t>(EventField::arg8);
         ++field)
        add(static_cast<EventField>(field));
    return fields;
}

class Capturer {
public:
    Capturer(ir::Module& module, const KernelFacts& facts, const CaptureOptions& options)
        : module_(module),
          program_(module.program),
          facts_(facts),
          rung_(options.rung),
          record_(options.record),
          network_(options.network) {}

    void run() {
        for (uint32_t clause = 0; clause < program_.clauses.size(); ++clause) {
            const std::vector<ProbeRequest>& probes = program_.clauses[clause].probes;
            for (uint32_t tuple = 0; tuple < probes.size(); ++tuple) {
                const bool ours = std::any_of(hook_rows().begin(), hook_rows().end(),
                                              [&](const HookRow& row) { return row.kind == probes[tuple].kind; });
                if (ours) enlist({clause, tuple}, probes[tuple]);
            }
        }
        program_.for_kernel = true;
        program_.kernel_programs.clear();
        program_.kernel_messages.clear();
        program_.kernel_refusals.clear();
        program_.owner_programs.clear();
        program_.step_programs.clear();
        module_.kernel.clear();
        module_.owners.clear();
        program_.packet_owners = false;
        module_.steps.clear();
        find_symbols();
        const std::vector<TupleIndex> asking = packets_that_ask();
        if (groups_.empty() && asking.empty()) return;
        program_.kernel_maps = {{KernelMap::Use::ring, "records", 0, 0, 0},
                                {KernelMap::Use::lost, "lost records", 4, 8, kernel_loss_count}};
        for (const Group& group : groups_) serve(group);
        if (!asking.empty()) know_packets(asking);
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

    // Addresses of kernel variables; those that are not found stay 0.
    void find_symbols() {
        std::vector<uint8_t>& rodata = program_.maps[ir::rodata_map].contents;
        for (const KernelSymbol& symbol : program_.kernel_symbols) {
            const uint64_t address = facts_.symbol(symbol.name).value_or(0);
            std::memcpy(rodata.data() + symbol.offset, &address, sizeof address);
        }
    }

    // All tuples that mean the same place share a program: what happens there is one event, and is for them in the
    // order of the text.
    void enlist(TupleIndex index, const ProbeRequest& probe) {
        std::map<uint8_t, std::vector<SystemCall>> sorts;
        for (const SystemCall& call : probe.calls()) sorts[call.skipped].push_back(call);
        if (sorts.empty()) sorts[0] = {};
        const std::string attachment = attachment_of(probe);
        Group fresh;
        fresh.request = hook_request(probe);
        if (contains(net_event_probes, probe.kind)) fresh.network = network_;
        if (const auto* interval = probe.as<IntervalProbe>())
            fresh.clock = {{}, 0, probe.pid, interval->ms * 1'000'000, interval->cpus};
        const auto* filter = probe.as<EventFilter>();
        Group& group = group_of(std::move(fresh), attachment, filter);
        for (auto& [skipped, calls] : sorts) {
            Selection selection{probe.pid, std::move(calls), filter};
            if (!attachment.empty()) selection.pid.reset();  // what is attached is the process' own
            group.served.push_back({index, &module_.functions[index.clause], &probe, probe.position,
                                    program_.clauses[index.clause].home == Home::kernel, std::move(selection),
                                    skipped});
        }
    }

    // Filters are for tuples with bits of their own, as nobody asks them anew. Beyond, each has programs by itself.
    Group& group_of(Group fresh, const std::string& attachment, const EventFilter* filter) {
        Key key{fresh.request.kind, std::string(fresh.request.event) + attachment};
        if (const auto known = numbers_.find(key);
            filter != nullptr && known != numbers_.end() && groups_[known->second].served.size() + 1 >= most_tuple_bits)
            key.second += "\n" + filter->text;
        const auto [at, added] = numbers_.try_emplace(key, groups_.size());
        if (added) groups_.push_back(std::move(fresh));
        return groups_[at->second];
    }

    // What the engine reads of the event, for clauses and to tell which tuples it is for and how they count arguments.
    static std::set<EventField> fields_for(const Group& group) {
        std::set<EventField> fields = {EventField::pid, EventField::tid};
        const bool many = group.served.size() >= most_tuple_bits;
        for (const Served& one : group.served) {
            if (one.skipped != 0 || (many && !one.selection.calls.empty())) fields.insert(EventField::call_number);
            if (many && one.selection.pid && group.request.kind == ProbeKind::sysproc)
                fields.insert({EventField::target_pid, EventField::target_tid});
            if (one.in_kernel) continue;
            for (const EventField field : fields_of(one)) fields.insert(captured_as(field, one.skipped));
        }
        return fields;
    }

    // How much of the packet goes along: what clauses in the engine look at, and headers for other scripts in a
    // recording.
    uint32_t packet_bytes(const Group& group) const {
        uint32_t bytes = record_ && gives_packet(*group.served.front().request->point) ? packet_head_bytes : 0;
        for (const Served& one : group.served) {
            const ClauseCode& clause = program_.clauses[one.index.clause];
            if (one.in_kernel || !clause.reads_packet) continue;
            bytes = std::max(bytes, clause.packet_bytes == 0 ? packet_head_bytes : packet_frame_bytes);
        }
        return bytes;
    }

    void serve(const Group& group) {
        std::string tried;
        HookWish wish;
        wish.read = fields_for(group);
        wish.record_all = record_;
        wish.packet_bytes = packet_bytes(group);
        for (const Served& one : group.served) wish.read_anywhere.merge(clause_fields(*one.clause));
        HookRequest request = group.request;
        request.asks_owner = wish.asks_owner();
        const std::vector<const HookRow*> rows = choose_hooks(request, facts_, rung_, tried);
        const size_t programs = program_.kernel_programs.size();
        if (!rows.empty() && rows.front()->point == HookPoint::message && listen(*rows.front(), group, wish, tried))
            return;
        for (const HookRow* row : rows) {
            if (row->point == HookPoint::message) continue;
            if (row->only_for != EventField::count && !wish.wants(row->only_for)) continue;
            if (const std::string missing = make(*row, group, wish); !missing.empty()) {
                tried = fmt::format("{} {}: {}", rung_row(row->rung).name, target_of(*row, group.request), missing);
                program_.kernel_programs.resize(programs);
                module_.kernel.resize(programs);
                break;
            }
        }
        if (program_.kernel_programs.size() != programs) return;
        const std::string hint = hint_for(group.request);
        const ProbeRequest* told = nullptr;
        for (const Served& one : group.served) {
            if (one.request != told) program_.kernel_refusals.push_back({one.index, tried, hint});
            told = one.request;
        }
    }

    // Tuples of packets whose clauses read whose they are.
    std::vector<TupleIndex> packets_that_ask() const {
        std::vector<TupleIndex> out;
        for (uint32_t clause = 0; clause < program_.clauses.size(); ++clause) {
            const std::vector<ProbeRequest>& probes = program_.clauses[clause].probes;
            const std::set<EventField> fields = clause_fields(module_.functions[clause]);
            if (std::none_of(fields.begin(), fields.end(), is_of_owner)) continue;
            for (uint32_t tuple = 0; tuple < probes.size(); ++tuple) {
                if (probes[tuple].kind == ProbeKind::bpf) out.push_back({clause, tuple});
            }
        }
        return out;
    }

    // Packets are looked up by who reads them: all that is needed here are the programs that note sockets and ends.
    void know_packets(const std::vector<TupleIndex>& asking) {
        std::string missing = owners_refusal(facts_);
        if (missing.empty()) missing = ends_refusal(facts_);
        KernelMaps maps(program_.kernel_maps);
        const std::vector<KernelMap> before = program_.kernel_maps;
        if (missing.empty()) {
            maps.ends();
            maps.ended();
            missing = note_owners(true);
        }
        program_.packet_owners = missing.empty();
        if (missing.empty()) return;
        program_.kernel_maps = before;
        for (const TupleIndex& tuple : asking)
            program_.kernel_refusals.push_back({tuple, missing, "scripts that do not read `__owner` go without"});
    }

    // Without a program. False: the kernel's messages do not tell what clauses read, and `tried` says what.
    bool listen(const HookRow& row, const Group& group, const HookWish& wish, std::string& tried) {
        for (const EventField field : wish.read) {
            if (giving(row, field) != Giving::never) continue;
            tried = fmt::format("{} {}: nothing there tells the {}", rung_row(row.rung).name, row.target,
                                event_field(field).doc);
            return false;
        }
        KernelMessages& made = program_.kernel_messages.emplace_back();
        made.hook = &row;
        for (const Served& one : group.served) made.tuples.push_back(one.index);
        return true;
    }

    // For a tracepoint's name that the kernel does not have.
    std::string hint_for(const HookRequest& request) const {
        if (request.kind != ProbeKind::systrace || facts_.tracepoint(request.event)) return {};
        const std::vector<std::string> names = facts_.tracepoints();
        const std::vector<std::string_view> views(names.begin(), names.end());
        const std::string hint = did_you_mean(request.event, views);
        return hint.empty() ? "`probevue -l systrace` lists the tracepoints of this kernel" : hint;
    }

    // What the kernel lacks, empty when the program is made.
    std::string make(const HookRow& row, const Group& group, HookWish wish) {
        const auto number_of_program = static_cast<uint32_t>(program_.kernel_programs.size());
        // By its name a replay tells which tuples a call is for; other kernels number reasons otherwise.
        for (const EventFieldRow& one : event_fields()) {
            if (record_ && !looked_up_from(one.field).empty() && is_looked_up(row, one.field))
                wish.read.insert(one.field);
        }
        const std::vector<EventField> looked_up = take_looked_up(row, wish.read);
        const KernelMaps maps(program_.kernel_maps);
        wish.predicates = !record_;
        HookProgram written = write_hook_program(facts_, row, maps, group, program_, number_of_program, wish);
        if (!written.missing.empty()) return written.missing;
        if (std::string missing = note_owners(maps.has_ends()); !missing.empty()) return missing;
        if (maps.has_packets() && module_.steps.empty()) {
            if (std::string missing = write_step_programs(module_, facts_); !missing.empty()) return missing;
        }
        ir::KernelFunctions functions;
        functions.whole = std::move(written.code);
        const bool tests = !record_ && std::any_of(group.served.begin(), group.served.end(), [](const Served& one) {
            return !one.in_kernel && one.clause->body != ir::no_label;
        });
        if (tests) {
            wish.predicates = false;
            functions.plain = write_hook_program(facts_, row, maps, group, program_, number_of_program, wish).code;
        }
        const std::string_view target = target_of(row, group.request);
        KernelTarget beginning;
        if (has_beginning(row, wish)) {
            HookProgram entry = write_entry_program(facts_, row, maps, group);
            if (!entry.missing.empty()) return entry.missing;
            functions.entry = std::move(entry.code);
            beginning.name = hook_beginning(row);
            const bool of_function = beginning.name.empty();
            if (of_function) beginning.name = target;
            // A breakpoint goes by the name.
            const auto prototype = of_function ? facts_.function(target) : facts_.tracepoint(beginning.name);
            if (prototype && (!of_function || row.rung == Rung::function)) beginning.btf_id = prototype->btf_id;
        }
        KernelProgram& made = program_.kernel_programs.emplace_back(std::move(written.program));
        made.entry_target = std::move(beginning);
        made.hook = &row;
        made.target = group.clock;
        made.target.name = target;
        if (const auto prototype = prototype_of(row, target, facts_)) made.target.btf_id = prototype->btf_id;
        if (std::find(looked_up.begin(), looked_up.end(), EventField::drop_reason_name) != looked_up.end())
            program_.drop_reasons = DropReasons(facts_);
        made.looked_up = looked_up;
        module_.kernel.push_back(std::move(functions));
        return {};
    }

    // The first program that asks whose a socket is needs those that note it, and the first that asks by ends needs
    // others of them.
    std::string note_owners(bool with_ends) {
        const auto of_owners = [](const KernelMap& map) { return map.use == KernelMap::Use::owners; };
        if (std::none_of(program_.kernel_maps.begin(), program_.kernel_maps.end(), of_owners)) return {};
        if (!module_.owners.empty() && with_ends == notes_ends_) return {};
        program_.owner_programs.clear();
        module_.owners.clear();
        notes_ends_ = with_ends;
        return write_owner_programs(module_, facts_);
    }

    using Key = std::pair<ProbeKind, std::string>;

    // In text order: where several are at one place of the kernel, they run in the order in which they are attached.
    std::vector<Group> groups_;
    std::map<Key, size_t> numbers_;
    ir::Module& module_;
    Program& program_;
    const KernelFacts& facts_;
    std::optional<Rung> rung_;
    bool record_;
    std::optional<uint32_t> network_;
    bool notes_ends_ = false;  // the programs that note whose sockets are note their ends too
};

}  // namespace

void capture(ir::Module& module, const KernelFacts& facts, const CaptureOptions& options) {
    Capturer(module, facts, options).run();
}

}  // namespace probevue
