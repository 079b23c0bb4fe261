#include "compiler/place/place.h"

#include <fmt/format.h>

namespace probevue {
namespace {

// What kind of event keeps a clause in the engine whatever it does; empty when the kernel could run it.
std::string_view engine_only(const ClauseCode& clause) {
    for (const ProbeRequest& probe : clause.probes) {
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
                break;
        }
    }
    return {};
}

}  // namespace

std::vector<std::pair<size_t, std::string>> place(ir::Module& module, HomeChoice choice) {
    std::vector<std::pair<size_t, std::string>> refused;
    for (size_t i = 0; i < module.program.clauses.size(); ++i) {
        ClauseCode& clause = module.program.clauses[i];
        clause.home = Home::engine;
        const std::string_view reason = engine_only(clause);
        clause.home_reason =
            reason.empty() ? "takes the event's fields from a record and runs in the engine" : std::string(reason);
        if (choice == HomeChoice::kernel) refused.emplace_back(i, clause.home_reason);
    }
    return refused;
}

std::string dump_places(const ir::Module& module) {
    std::string out;
    for (const ClauseCode& clause : module.program.clauses) {
        for (const ProbeRequest& probe : clause.probes) {
            out += fmt::format("{}:{} {}: {}: {}\n", clause.position.line, clause.position.column, probe.text,
                               clause.home == Home::engine ? "engine" : "kernel", clause.home_reason);
        }
    }
    for (const KernelProgram& kernel : module.program.kernel_programs) {
        out += fmt::format("kernel program on {} {}: {}\n", rung_row(kernel.hook->rung).name, kernel.hook->target,
                           kernel.hook->doc);
    }
    return out;
}

}  // namespace probevue
