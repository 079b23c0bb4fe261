#include "runtime/cli/check_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/cli/descriptor.h"
#include "runtime/cli/overwriting.h"
#include "runtime/options/shell.h"
#include "runtime/sinks/json_line.h"
#include "runtime/sinks/output.h"

namespace probevue {
namespace {

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::note:
            break;
    }
    return "note";
}

// Without what does not apply: a hint, a file, a place.
void append_members(JsonObject& to, const Message& message) {
    to.string("message", message.text);
    if (!message.hint.empty()) to.string("hint", message.hint);
    if (!message.file.empty()) to.string("file", message.file);
    if (!message.at) return;
    to.number("line", message.at->begin.line);
    to.number("column", message.at->begin.column);
    to.number("end_line", message.at->end.line);
    to.number("end_column", message.at->end.column);
    to.number("offset", message.at->offset);
    to.number("end_offset", message.at->end_offset);
}

std::string line_of(const Message& message) {
    JsonLine line("diagnostic");
    line.string("severity", name_of(message.severity));
    append_members(line, message);
    if (!message.notes.empty()) {
        line.objects("notes", message.notes, [](JsonObject& to, const Message& note) { append_members(to, note); });
    }
    return line.take();
}

}  // namespace

Message message_of(const Error& error) { return {Severity::error, error.message, error.hint}; }

bool checks_as_json(const Options& options) {
    return options.check_only && options.format == OutputFormat::json && !options.list;
}

std::string shown_name(const Options& options) {
    if (options.program_text) return "<-e>";
    return options.script.empty() || options.script == "-" ? "<stdin>" : options.script;
}

std::string check_report(const std::string& file, const std::vector<Message>& messages, const Program* program) {
    std::string out;
    for (const Message& message : messages) out += line_of(message);
    const auto count = [&](Severity severity) {
        return std::count_if(messages.begin(), messages.end(),
                             [&](const Message& one) { return one.severity == severity; });
    };
    std::vector<const ProbeRequest*> probes;
    if (program != nullptr) {
        for (const ClauseCode& clause : program->clauses) {
            for (const ProbeRequest& probe : clause.probes) probes.push_back(&probe);
        }
    }
    JsonLine line("check");
    line.string("status", program != nullptr ? "passed" : "failed");
    if (!file.empty()) line.string("file", file);
    line.number("errors", count(Severity::error));
    line.number("warnings", count(Severity::warning));
    line.objects("probes", probes, [](JsonObject& to, const ProbeRequest* probe) {
        to.number("line", probe->position.line);
        to.number("column", probe->position.column);
        to.string("probe", probe->text);
    });
    return out + line.take();
}

ExitStatus report_check(const std::string& file, const std::vector<Message>& messages, const Program* program,
                        const Options& options, ExitStatus status) {
    // Who refuses a command comes here too, and what it says may be that this file must not be written.
    const Status may = overwrites_nothing(options);
    Result<Descriptor> output = may ? open_output(options.output) : may.error();
    if (output) output->replace();
    Status written = output ? Status() : Status(output.error());
    if (output) {
        const std::string name =
            options.output.empty() ? options.sink.output_name : fmt::format("`{}`", options.output);
        DescriptorOutput to(output->get(), -1, name);
        to.write(Stream::data, check_report(file, messages, program));
        written = to.status();
    }
    if (written) return status;
    print_error(written.error(), colored(options.color));
    return written.error().status;
}

}  // namespace probevue
