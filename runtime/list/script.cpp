#include "runtime/list/script.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

#include "builtins/base/text.h"
#include "builtins/builtin.h"
#include "builtins/describe.h"
#include "builtins/function.h"
#include "builtins/hooks.h"
#include "runtime/list/script_text.h"
#include "runtime/probes/probe_manager.h"

namespace probevue {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

struct Used {
    std::vector<const BuiltinRow*> builtins;
    std::vector<const FunctionRow*> functions;
};

template <typename Row>
void add_once(std::vector<const Row*>& to, const Row* row) {
    if (row != nullptr && std::find(to.begin(), to.end(), row) == to.end()) to.push_back(row);
}

// The names in a clause, in the order of their first use.
Used used_in(std::string_view text) {
    Used used;
    for (const TextRun& run : text_runs(text, {})) {
        std::string_view name = text.substr(run.begin, run.end - run.begin);
        if (run.kind == TextKind::function) add_once(used.functions, find_function(name));
        if (run.kind != TextKind::builtin) continue;
        std::string_view rest = text.substr(run.end);
        std::string_view member;
        for (const std::string_view arrow : {"->", "."}) {
            const std::string_view behind = trim(rest);
            if (!behind.starts_with(arrow)) continue;
            member = trim(behind.substr(arrow.size()));
            member = member.substr(
                0, static_cast<size_t>(std::find_if_not(member.begin(), member.end(), is_word) - member.begin()));
            break;
        }
        const BuiltinRow* row = find_builtin(name, member);
        add_once(used.builtins, row != nullptr ? row : find_builtin(name, {}));
    }
    return used;
}

std::string hook_of(const ProbeManager& manager, const ProbeRequest& request) {
    for (const ListedPoint& point : manager.list()) {
        if (request.point != nullptr && point.doc == request.point->doc) return point.hook;
    }
    return {};
}

std::string probe_lines(const ClauseCode& clause, const ProbeRequest& request, int network) {
    std::string out = fmt::format("  {}\n", request.text);
    if (request.point != nullptr) out += fmt::format("      {}\n", request.point->doc);
    const auto* packets = request.as<PacketProbe>();
    if (packets != nullptr && !packets->filter.empty()) out += fmt::format("      filter: {}\n", packets->filter);
    if (const auto* filter = request.as<EventFilter>()) out += fmt::format("      filter: {}\n", filter->text);
    const ProbeManager* manager = find_manager(request.kind);
    if (manager == nullptr) return out + "      this version of probevue cannot enable it\n";
    if (const std::string hook = hook_of(*manager, request); !hook.empty())
        out += fmt::format("      through {}\n", hook);
    std::vector<Problem> problems;
    AttachOptions options;
    options.network = network;
    manager->check({&request, &clause, 0}, options, problems);
    for (const Problem& problem : problems)
        out += fmt::format("      not on this machine: {}\n", problem.error.message);
    return out;
}

// The clause's text, from its position to where the next one begins.
std::string_view text_of(std::string_view text, const Program& program, size_t clause) {
    const auto offset = [&](SourcePosition at) {
        size_t begin = 0;
        for (uint32_t line = 1; line < at.line && begin != std::string_view::npos; ++line)
            begin = text.find('\n', begin) + 1;
        return std::min(begin + (at.column == 0 ? 0 : at.column - 1), text.size());
    };
    const size_t begin = offset(program.clauses[clause].position);
    const size_t end = clause + 1 < program.clauses.size() ? offset(program.clauses[clause + 1].position) : text.size();
    return end > begin ? text.substr(begin, end - begin) : std::string_view();
}

}  // namespace

std::string list_script(const Program& program, std::string_view text, int network) {
    std::string out;
    for (size_t i = 0; i < program.clauses.size(); ++i) {
        const ClauseCode& clause = program.clauses[i];
        out += fmt::format("clause {}, line {}, runs in the {}\n", i + 1, clause.position.line,
                           clause.home == Home::kernel ? "kernel" : "engine");
        for (const ProbeRequest& request : clause.probes) out += probe_lines(clause, request, network);
        const Used used = used_in(text_of(text, program, i));
        for (const BuiltinRow* row : used.builtins)
            out += fmt::format("    {:<30} {:<20} {}\n", spelled(*row), to_string(row->type), row->doc);
        for (const FunctionRow* row : used.functions)
            out += fmt::format("    {:<30} {}\n", fmt::format("{}()", row->name), row->doc);
    }
    std::string variables;
    for (const MapDescription& map : program.maps) {
        for (const VariableDescription& variable : map.variables)
            variables += fmt::format("  {} {}\n", variable.type, variable.name);
        if (map.kind == MapKind::array)
            variables += fmt::format("  {}, an array with {} key{}\n", map.layout.name, map.layout.keys.size(),
                                     map.layout.keys.size() == 1 ? "" : "s");
    }
    if (!variables.empty()) out += "variables\n" + variables;
    return out;
}

std::vector<std::string> list_attached(const Program& program) {
    std::vector<std::string> lines;
    for (uint32_t c = 0; c < program.clauses.size(); ++c) {
        const ClauseCode& clause = program.clauses[c];
        for (uint32_t t = 0; t < clause.probes.size(); ++t) {
            const ProbeRequest& request = clause.probes[t];
            if (request.kind == ProbeKind::begin || request.kind == ProbeKind::end) continue;
            std::string hooks;
            for (const KernelProgram& kernel : program.kernel_programs) {
                const bool serves = std::any_of(kernel.tuples.begin(), kernel.tuples.end(), [&](const TupleIndex& one) {
                    return one.clause == c && one.tuple == t;
                });
                const std::string hook = fmt::format("{} {}", rung_row(kernel.hook->rung).name, kernel.hook->target);
                if (serves && hooks.find(hook) == std::string::npos) hooks += (hooks.empty() ? "" : ", ") + hook;
            }
            if (const ProbeManager* manager = find_manager(request.kind); hooks.empty() && manager != nullptr)
                hooks = hook_of(*manager, request);
            lines.push_back(fmt::format("{}:{}: {} through {}, runs in the {}", request.position.line,
                                        request.position.column, request.text, hooks,
                                        clause.home == Home::kernel ? "kernel" : "engine"));
        }
    }
    return lines;
}

bool names_script(const std::string& pattern) {
    struct stat info {};
    return pattern.ends_with(".e") ||
           (pattern.find('/') != std::string::npos && stat(pattern.c_str(), &info) == 0 && S_ISREG(info.st_mode));
}

}  // namespace probevue
