// Between the builder and all that writes instructions. Relies on what uses.h and the translator say of each clause by
// itself; what clauses decide for one another is decided here.
#include "compiler/place/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "builtins/giving.h"
#include "compiler/ir/storage.h"
#include "compiler/kernel/translate.h"
#include "compiler/program/hook_choice.h"

namespace probevue {
namespace {

// When a clause runs in relation to what happens in the kernel.
enum class Moment : uint8_t {
    event,    // at a hook
    outside,  // BEGIN, END: when no probe is enabled
    look,     // interval: it sees what there is
    ordered,  // packets, and events that the engine has to handle: in the order of time
};

bool has_hook(ProbeKind kind) {
    return std::any_of(hook_rows().begin(), hook_rows().end(), [&](const HookRow& row) { return row.kind == kind; });
}

Moment moment_of(const ProbeRequest& probe) {
    switch (probe.kind) {
        case ProbeKind::begin:
        case ProbeKind::end:
            return Moment::outside;
        case ProbeKind::interval:
            return Moment::look;
        default:
            return has_hook(probe.kind) ? Moment::event : Moment::ordered;
    }
}

// Does a hook of the clause not give the field, or only a number of which the run time knows the text?
bool numbered(const ClauseCode& clause, EventField field) {
    return std::any_of(hook_rows().begin(), hook_rows().end(), [&](const HookRow& row) {
        return (is_numbered(row, field) || is_looked_up(row, field)) &&
               std::any_of(clause.probes.begin(), clause.probes.end(),
                           [&](const ProbeRequest& probe) { return probe.kind == row.kind; });
    });
}

std::string_view engine_only(const ProbeRequest& probe) {
    switch (probe.kind) {
        case ProbeKind::begin:
            return "runs before the probes are enabled";
        case ProbeKind::end:
            return "runs after the probes are disabled";
        case ProbeKind::interval:
            return "runs on the session's clock";
        case ProbeKind::bpf:
            return "reads packets, which arrive through a socket that has run the filter";
        default:
            return "runs at a place of which the kernel tells the session";
    }
}

struct Candidate {
    Moment moment = Moment::event;  // the strictest of its probes
    std::string reason;             // why it runs in the engine; empty: it runs in the kernel
    VariableUses uses;
    bool in_kernel() const { return reason.empty(); }
};

class Placement {
public:
    Placement(ir::Module& module, const PlaceOptions& options)
        : program_(module.program), module_(module), options_(options) {}

    std::vector<std::pair<size_t, std::string>> run() {
        for (size_t i = 0; i < module_.functions.size(); ++i) clauses_.push_back(first_look(i));
        while (settle()) continue;
        return write();
    }

private:
    Candidate first_look(size_t clause) const;
    std::string why_engine(size_t clause, const VariableUses& uses) const;
    std::string obstacle(size_t clause) const;
    std::string own_conflict(const VariableUses& uses) const;
    bool only_added_to(const SharedVariable& variable) const;
    std::string conflict(const SharedVariable& variable, const VariableUse& use) const;
    bool settle();
    std::vector<std::pair<size_t, std::string>> write();
    void keep_variables();

    std::string name(const SharedVariable& variable) const { return variable_name(variable, program_); }

    Program& program_;
    ir::Module& module_;
    const PlaceOptions& options_;
    std::vector<Candidate> clauses_;
};

Candidate Placement::first_look(size_t clause) const {
    Candidate out;
    bool on_events = false;
    out.uses = variable_uses(module_.functions[clause], program_);
    for (const ProbeRequest& probe : program_.clauses[clause].probes) {
        const Moment moment = moment_of(probe);
        out.moment = std::max(out.moment, moment);
        on_events = on_events || moment == Moment::event;
        if (moment != Moment::event && out.reason.empty()) out.reason = engine_only(probe);
    }
    if (out.reason.empty()) out.reason = why_engine(clause, out.uses);
    if (on_events && !out.in_kernel()) out.moment = Moment::ordered;
    if (options_.by_window && out.moment == Moment::look) {
        for (auto& [variable, use] : out.uses) use.erased = true;
    }
    return out;
}

// Do messages of the kernel tell of the event here (HookPoint::message)? The rungs are asked only where some may.
bool told_by_message(const ProbeRequest& probe, const PlaceOptions& options) {
    const bool may_be = std::any_of(hook_rows().begin(), hook_rows().end(), [&](const HookRow& row) {
        return row.kind == probe.kind && row.point == HookPoint::message;
    });
    if (!may_be) return false;
    std::string tried;
    const std::vector<const HookRow*> rows = choose_hooks(hook_request(probe), *options.kernel, options.rung, tried);
    return !rows.empty() && rows.front()->point == HookPoint::message;
}

// Of a clause on events of the kernel alone; empty: nothing speaks against its running there.
std::string Placement::why_engine(size_t clause, const VariableUses& uses) const {
    if (options_.kernel == nullptr) return "takes its events from a recording";
    if (options_.record) return "is recorded (-w), so that each event goes to user space";
    if (options_.choice == HomeChoice::engine) return "is to run in the engine (--home engine)";
    if (clause < options_.denied.size() && !options_.denied[clause].empty()) return options_.denied[clause];
    for (const ProbeRequest& probe : program_.clauses[clause].probes) {
        if (told_by_message(probe, options_))
            return "is told of events by messages of the kernel, where no program runs";
        // Its calls would meet half-written memory. Asked only here: the answer is in the kernel's type information.
        if (contains(function_probes, probe.kind) && !options_.kernel->forbids_preemption())
            return "is on a function of a program, where this kernel may let another thread come between";
    }
    if (const std::string found = obstacle(clause); !found.empty())
        return fmt::format("{}, which the kernel's programs cannot do", found);
    return own_conflict(uses);
}

// What the kernel cannot do, found out by trying; empty: it can do all of it.
std::string Placement::obstacle(size_t clause) const {
    KernelCode code;
    std::vector<KernelMap> maps;
    KernelHome home(code, KernelMaps(maps), program_, 0);
    home.set_tuples({{static_cast<uint32_t>(clause), 0}});
    const ir::Label end = code.label();
    home.open(end, true);
    home.begin(0, end);
    const ir::Slot field = code.slot(static_cast<uint32_t>(event_frame_size()), "field");
    const FindField find = [&](EventField asked) -> std::optional<KernelPlace> {
        if (numbered(program_.clauses[clause], asked)) return std::nullopt;
        return code.in_slot(field);
    };
    Translator translator(code, module_.functions[clause], program_, find, &home);
    return translator.whole(end, end, [] {}) ? std::string{} : translator.obstacle();
}

std::string Placement::own_conflict(const VariableUses& uses) const {
    for (const auto& [variable, use] : uses) {
        if (use.read && use.written())
            return fmt::format("reads `{}` and writes it, and another processor could come between", name(variable));
        if (use.added && (use.assigned || use.erased))
            return fmt::format("writes `{}` in more than one step, and another processor could come between",
                               name(variable));
    }
    return {};
}

bool Placement::only_added_to(const SharedVariable& variable) const {
    return std::all_of(clauses_.begin(), clauses_.end(), [&](const Candidate& clause) {
        const auto at = clause.uses.find(variable);
        if (!clause.in_kernel() || at == clause.uses.end()) return true;
        const VariableUse& use = at->second;
        return use.added && !use.fetched && !use.read && !use.assigned && !use.erased;
    });
}

// Why a clause in the kernel cannot use the variable so; empty: it can.
std::string Placement::conflict(const SharedVariable& variable, const VariableUse& use) const {
    for (size_t i = 0; i < clauses_.size(); ++i) {
        const Candidate& other = clauses_[i];
        const auto at = other.uses.find(variable);
        if (other.in_kernel() || other.moment == Moment::outside || at == other.uses.end()) continue;
        const VariableUse& theirs = at->second;
        if (!use.written() && !theirs.written()) continue;
        const SourcePosition position = program_.clauses[i].position;
        if (other.moment != Moment::look)
            return fmt::format("shares `{}` with the clause at {}:{}, which runs in the engine in the order of time",
                               name(variable), position.line, position.column);
        if (!theirs.written()) continue;
        const bool list = variable.kind == SharedVariable::Kind::global &&
                          program_.maps[ir::globals_map].variables[variable.index].value.kind == FieldKind::list;
        if (list || !only_added_to(variable))
            return fmt::format("uses `{}`, which the clause at {}:{} writes in the engine", name(variable),
                               position.line, position.column);
    }
    return {};
}

// Sends one more clause to the engine; false when there is none.
bool Placement::settle() {
    for (Candidate& clause : clauses_) {
        if (!clause.in_kernel()) continue;
        for (const auto& [variable, use] : clause.uses) {
            clause.reason = conflict(variable, use);
            if (!clause.reason.empty()) {
                clause.moment = Moment::ordered;
                return true;
            }
        }
    }
    return false;
}

void Placement::keep_variables() {
    for (MapDescription& map : program_.maps) {
        map.home = Home::engine;
        map.only_added_to = false;
        for (VariableDescription& variable : map.variables) {
            variable.home = Home::engine;
            variable.only_added_to = false;
        }
    }
    for (const Candidate& clause : clauses_) {
        if (!clause.in_kernel()) continue;
        for (const auto& [variable, use] : clause.uses) {
            const bool tally = only_added_to(variable);
            if (variable.kind == SharedVariable::Kind::global) {
                VariableDescription& kept = program_.maps[ir::globals_map].variables[variable.index];
                kept.home = Home::kernel;
                kept.only_added_to = tally;
            } else {
                program_.maps[variable.index].home = Home::kernel;
                program_.maps[variable.index].only_added_to = tally;
            }
        }
    }
}

std::vector<std::pair<size_t, std::string>> Placement::write() {
    std::vector<std::pair<size_t, std::string>> refused;
    const auto written = [&](const SharedVariable& variable) {
        return std::any_of(clauses_.begin(), clauses_.end(), [&](const Candidate& clause) {
            const auto at = clause.uses.find(variable);
            return clause.in_kernel() && at != clause.uses.end() && at->second.written();
        });
    };
    for (size_t i = 0; i < clauses_.size(); ++i) {
        const Candidate& clause = clauses_[i];
        ClauseCode& code = program_.clauses[i];
        code.looks_at.clear();
        code.home = clause.in_kernel() ? Home::kernel : Home::engine;
        code.home_reason = clause.in_kernel() ? "all that it does can be done at the hook" : clause.reason;
        std::string tallies;
        for (const auto& [variable, use] : clause.uses) {
            if (clause.in_kernel()) {
                if (only_added_to(variable))
                    tallies += fmt::format("{}`{}`", tallies.empty() ? "" : ", ", name(variable));
            } else if (written(variable)) {
                const uint32_t map = variable.kind == SharedVariable::Kind::global ? ir::globals_map : variable.index;
                if (code.looks_at.empty() || code.looks_at.back() != map) code.looks_at.push_back(map);
            }
        }
        if (!tallies.empty()) code.home_reason += fmt::format("; what it adds to {} is kept by processor", tallies);
        const bool asked = options_.choice == HomeChoice::kernel && options_.kernel != nullptr;
        const bool on_events = std::all_of(code.probes.begin(), code.probes.end(),
                                           [](const ProbeRequest& probe) { return has_hook(probe.kind); });
        if (asked && on_events && !clause.in_kernel()) refused.emplace_back(i, clause.reason);
    }
    keep_variables();
    return refused;
}

}  // namespace

std::vector<std::pair<size_t, std::string>> place(ir::Module& module, const PlaceOptions& options) {
    return Placement(module, options).run();
}

std::string dump_places(const ir::Module& module) {
    std::string out;
    for (const ClauseCode& clause : module.program.clauses) {
        for (const ProbeRequest& probe : clause.probes) {
            out += fmt::format("{}:{} {}: {}: {}\n", clause.position.line, clause.position.column, probe.text,
                               clause.home == Home::engine ? "engine" : "kernel", clause.home_reason);
        }
    }
    for (const KernelMessages& messages : module.program.kernel_messages) {
        out += fmt::format("{} messages {}: {}\n", rung_row(messages.hook->rung).name, messages.hook->target,
                           messages.hook->doc);
    }
    for (const KernelProgram& kernel : module.program.kernel_programs) {
        out += fmt::format("kernel program on {} {}: {}\n", rung_row(kernel.hook->rung).name, kernel.target.name,
                           kernel.hook->doc);
    }
    return out;
}

}  // namespace probevue
