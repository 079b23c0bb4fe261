#include "runtime/cli/print.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "compiler/compile.h"
#include "runtime/cli/check_report.h"
#include "runtime/list/library.h"
#include "runtime/options/shell.h"

namespace probevue {

ExitStatus refuse_command(const Error& error, const Options& options) {
    if (checks_as_json(options))
        return report_check(shown_name(options), {message_of(error)}, nullptr, options, error.status);
    print_error(error, colored(options.color));
    return error.status;
}

Error no_memory(const std::string& place) {
    return fail(fmt::format("there is no more memory, {}", place),
                "-c abs_mem_for_dvars=KB bounds arrays, `ulimit -v` and control groups bound processes");
}

ExitStatus print_and_end(const Result<std::string>& text, const Options& options) {
    Status status = text ? Status() : Status(text.error());
    const std::string made = !text ? "" : for_standard_output(*text);
    if ((std::fwrite(made.data(), 1, made.size(), stdout) != made.size() || std::fflush(stdout) != 0) && errno != EPIPE)
        status = fail(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
    if (status) return ExitStatus::ok;
    return refuse_command(status.error(), options);
}

Result<std::string> text_of(const std::string& script) {
    const Result<std::string> path = find_script(script);
    return path ? Source::read_file(*path) : path;
}

}  // namespace probevue
