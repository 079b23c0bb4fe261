#include "runtime/options/compiling.h"

#include <utility>

#include "runtime/options/shell.h"

namespace probevue {

CompileOptions compile_options(const Options& options) {
    CompileOptions out;
    out.replay = !options.replay.empty();
    out.record = !options.record.empty();
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

}  // namespace probevue
