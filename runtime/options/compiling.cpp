#include "runtime/options/compiling.h"

#include <fmt/format.h>

#include <utility>

#include "builtins/hooks.h"
#include "runtime/options/shell.h"

namespace probevue {

CompileOptions compile_options(const Options& options) {
    CompileOptions out;
    out.replay = !options.is_live();
    out.record = !options.record.empty();
    out.by_window = options.is_live() && !options.state_out.empty();
    out.interfaces = options.interfaces;
    // Events are counted where they are seen one by one.
    const bool counts = options.end_after_events != 0;
    out.home = counts ? HomeChoice::engine : options.home;
    out.dumps = options.dumps;
    return out;
}

Status add_surroundings(CompileInput& input, const Options& options) {
    for (const std::string& path : options.headers) {
        Result<std::string> text = Source::read_file(path);
        if (!text) return text.error();
        input.headers.emplace_back(path, std::move(*text));
    }
    input.shell.arguments = options.script_arguments;
    input.shell.variables = environment_variables();
    return {};
}

Error unknown_rung(const std::string& name) {
    std::string names;
    for (const RungRow& row : rungs()) names += (names.empty() ? "" : ", ") + std::string(row.name);
    return fail(fmt::format("--hook does not know `{}`", name), fmt::format("it is one of {}", names),
                ExitStatus::usage);
}

}  // namespace probevue
