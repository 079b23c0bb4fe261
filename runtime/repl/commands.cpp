#include "runtime/repl/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "builtins/base/text.h"
#include "builtins/describe.h"
#include "builtins/function.h"
#include "runtime/list/points.h"

namespace probevue {
namespace {

enum class Argument : uint8_t { none, text, number, file, script, name };

struct CommandRow {
    std::string_view name;
    Argument argument;
    std::string_view form;  // of the argument, as people read it; in brackets: may be left out
    std::string_view doc;
    Status (*run)(CommandContext&, std::string_view argument);
};

std::span<const CommandRow> command_rows();

Result<unsigned> number_of(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
        return fail(fmt::format("`{}` is no number of a clause", text), ".show lists them", ExitStatus::usage);
    return number;
}

Status help(CommandContext& context, std::string_view) {
    std::string out = "Type a clause and it is live; an expression, and its value is printed.\n\n";
    for (const CommandRow& row : command_rows())
        out += fmt::format("  {:<24} {}\n", fmt::format("{} {}", row.name, row.form), row.doc);
    out += "\nTab completes, Ctrl-C cancels, Ctrl-D leaves. try: @@net:bpf:any:*:\"\" { packets++; }\n";
    context.workspace.say(out);
    return {};
}

Status list(CommandContext& context, std::string_view pattern) {
    const Result<PointListing> listed = find_probe_points(std::string(pattern), false);
    if (!listed) return listed.error();
    context.workspace.list(listing_text(*listed, false));
    return {};
}

Status show(CommandContext& context, std::string_view) {
    Workspace& workspace = context.workspace;
    std::string out;
    for (const Entry& entry : workspace.entries()) {
        if (entry.removed) continue;
        bool first = true;
        for (std::string_view line : split(entry.text, '\n')) {
            out += first ? fmt::format("{:>3}  {}\n", entry.number, line) : fmt::format("     {}\n", line);
            first = false;
        }
        if (!entry.idle_why.empty()) out += fmt::format("     not live: {}\n", entry.idle_why);
    }
    out += workspace.variables() + workspace.state();
    workspace.list(out.empty() ? "nothing has been entered yet, .help says what can be\n" : out);
    return {};
}

Status remove(CommandContext& context, std::string_view argument) {
    const Result<unsigned> number = number_of(argument);
    return number ? context.workspace.remove(*number) : Status(number.error());
}

Status edit(CommandContext& context, std::string_view argument) {
    const Result<unsigned> number = number_of(argument);
    if (!number) return number.error();
    const Entry* entry = context.workspace.find(*number);
    if (entry == nullptr)
        return fail(fmt::format("there is no clause {}", *number), ".show lists them", ExitStatus::usage);
    context.edit(*number, entry->text);
    return {};
}

Status format(CommandContext& context, std::string_view argument) {
    if (argument != "text" && argument != "json")
        return fail(fmt::format("`{}` is no format", argument), ".format text, or .format json", ExitStatus::usage);
    context.set_format(argument == "json" ? OutputFormat::json : OutputFormat::text);
    return {};
}

Status save_over(CommandContext& context, std::string_view file) { return context.workspace.save(std::string(file)); }

// A file that is there is not written over without a question.
Status save(CommandContext& context, std::string_view file) {
    const std::string path(file);
    std::error_code unknown;
    if (!std::filesystem::is_regular_file(path, unknown)) return save_over(context, path);
    Workspace& workspace = context.workspace;
    const bool asked = context.ask(fmt::format("`{}` exists; overwrite it? [y/N]", path), [&workspace, path] {
        if (Status saved = workspace.save(path); !saved) workspace.say(saved.error());
    });
    if (asked) return {};
    return fail(fmt::format("`{}` exists", path), fmt::format("`.save! {}` writes over it", path), ExitStatus::usage);
}

Status describe(CommandContext& context, std::string_view name) {
    const Result<std::string> described = describe_name(name, context.workspace.last_packet());
    if (!described) return described.error();
    context.workspace.list(*described);
    return {};
}

constexpr auto rows = std::to_array<CommandRow>({
    {".help", Argument::none, "", "this list", help},
    {".list", Argument::text, "[PATTERN]", "probe points, by a pattern or a part of the name", list},
    {".show", Argument::none, "", "clauses and variables", show},
    {".del", Argument::number, "N", "remove clause N; its variables stay", remove},
    {".edit", Argument::number, "N", "change clause N", edit},
    {".pause", Argument::none, "", "detach all probes; variables stay",
     [](CommandContext& context, std::string_view) { return context.workspace.pause(); }},
    {".resume", Argument::none, "", "attach them again",
     [](CommandContext& context, std::string_view) { return context.workspace.resume(); }},
    {".load", Argument::script, "SCRIPT", "add the clauses of a script: a file, or a name",
     [](CommandContext& context, std::string_view file) { return context.workspace.load(std::string(file)); }},
    {".undo", Argument::none, "", "take the last change of clauses back",
     [](CommandContext& context, std::string_view) { return context.workspace.undo(); }},
    {".save", Argument::file, "FILE", "write all clauses as a script", save},
    {".save!", Argument::file, "FILE", "the same over a file that exists", save_over},
    {".read", Argument::file, "[FILE]", "run all clauses over a capture at once, from fresh variables",
     [](CommandContext& context, std::string_view file) { return context.workspace.read(std::string(file)); }},
    {".next", Argument::file, "[FILE]", "step one packet of a capture and show its fields",
     [](CommandContext& context, std::string_view file) { return context.workspace.next(std::string(file)); }},
    {".d", Argument::name, "NAME", "describe a built-in, with its value in the last packet, or a probe point",
     describe},
    {".stats", Argument::none, "", "what was seen, matched and lost",
     [](CommandContext& context, std::string_view) {
         context.workspace.list(context.workspace.statistics());
         return Status();
     }},
    {".watch", Argument::text, "[NAME] [SECONDS]", "values on a screen that is redrawn",
     [](CommandContext& context, std::string_view what) { return context.watch(what); }},
    {".format", Argument::text, "text|json", "form of the output", format},
    {".quit", Argument::none, "", "leave",
     [](CommandContext& context, std::string_view) {
         context.quit = true;
         return Status();
     }},
});

std::span<const CommandRow> command_rows() { return rows; }

Error unknown(std::string_view name) {
    std::vector<std::string_view> names;
    for (const CommandRow& row : rows) names.push_back(row.name);
    const std::string hint = did_you_mean(name, names);
    return fail(fmt::format("there is no command `{}`", name), hint.empty() ? ".help lists them" : hint,
                ExitStatus::usage);
}

Status run_row(CommandContext& context, const CommandRow& row, std::string_view argument) {
    if (row.argument == Argument::none && !argument.empty())
        return fail(fmt::format("`{}` takes nothing behind it", row.name), ".help lists the commands",
                    ExitStatus::usage);
    const bool wanted = !row.form.empty() && !row.form.starts_with("[");
    if (wanted && argument.empty())
        return fail(fmt::format("`{}` wants something behind it", row.name), fmt::format("{} {}", row.name, row.form),
                    ExitStatus::usage);
    return row.run(context, argument);
}

// What is typed to leave, or to get help, in other programs.
struct BareWord {
    std::string_view word;
    std::string_view command;  // empty: there is none like it
};
constexpr auto bare_words = std::to_array<BareWord>({{"help", ".help"},
                                                     {"?", ".help"},
                                                     {"quit", ".quit"},
                                                     {"exit", ".quit"},
                                                     {"q", ".quit"},
                                                     {":q", ".quit"},
                                                     {"ls", ""}});

const BareWord* find_bare(std::string_view text) {
    const auto at = std::find_if(bare_words.begin(), bare_words.end(), [&](const BareWord& one) {
        return text == one.word || (text.ends_with(';') && text.substr(0, text.size() - 1) == one.word);
    });
    return at == bare_words.end() ? nullptr : &*at;
}

const CommandRow* find_row(std::string_view name) {
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const CommandRow& one) { return one.name == name; });
    return at == rows.end() ? nullptr : &*at;
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" \t\n")); }

Error without_dot(std::string_view text) {
    const bool known = find_row(fmt::format(".{}", first_word(text))) != nullptr;
    return fail(known ? fmt::format("commands begin with a dot: `{}` is none", text)
                      : fmt::format("there is no command `{}`", text),
                known ? fmt::format("`.{}`", text) : ".list lists probe points, .show clauses and variables",
                ExitStatus::usage);
}

}  // namespace

bool is_bare_command(std::string_view text, std::span<const std::string> variables) {
    text = trim(text);
    const std::string_view word = first_word(text);
    const bool taken = std::any_of(variables.begin(), variables.end(), [&](const std::string& name) {
        return text.starts_with(name) && (text == name || text.substr(name.size()) == ";" || word == name);
    });
    if (taken) return false;
    if (find_bare(text) != nullptr) return true;
    const CommandRow* row = find_row(fmt::format(".{}", word));
    if (row == nullptr) return false;
    const std::string_view rest = trim(text.substr(word.size()));
    if (rest.empty()) return true;
    // `list x` declares one; what has an operator or a semicolon is Vue.
    return row->argument != Argument::none && row->argument != Argument::text &&
           std::string_view("=+-*%<>!&|^[(,?:").find(rest.front()) == std::string_view::npos && !rest.ends_with(';');
}

void run_session_command(CommandContext& context, std::string_view text) {
    text = trim(text);
    if (!text.starts_with('.')) {
        const BareWord* bare = find_bare(text);
        if (bare == nullptr || bare->command.empty()) return context.workspace.say(without_dot(text));
        text = bare->command;
    }
    const size_t blank = std::min(text.find_first_of(" \t\n"), text.size());
    const std::string_view name = text.substr(0, blank);
    const CommandRow* row = find_row(name);
    const Status status = row == nullptr ? Status(unknown(name)) : run_row(context, *row, trim(text.substr(blank)));
    if (!status) context.workspace.say(status.error());
}

void add_commands(CompletionWords& words) {
    for (const CommandRow& row : rows) {
        words.commands.emplace_back(row.name);
        if (row.argument == Argument::file) words.file_commands.emplace_back(row.name);
        if (row.argument == Argument::script) words.script_commands.emplace_back(row.name);
        if (row.argument == Argument::name) words.name_commands.emplace_back(row.name);
    }
}

Result<std::string> describe_name(std::string_view name, const KeptPacket& last) {
    std::string out;
    std::vector<std::string> spellings;
    for (const BuiltinRow& row : builtin_rows()) {
        const std::string spelling = spelled(row);
        spellings.push_back(spelling);
        if (row.name != name && spelling != name) continue;
        if (!row.unavailable.empty()) {
            out += fmt::format("{}: cannot be had on Linux: {}\n", spelling, row.unavailable);
            continue;
        }
        const std::string value = last.value(row);
        const std::string where = protocol_names(row.protocols);
        out +=
            fmt::format("{:<28} {:<16} {}{}{}\n", spelling, to_string(row.type), row.doc,
                        where.empty() ? "" : " (" + where + ")", value.empty() ? "" : "; in the last packet " + value);
    }
    if (const FunctionRow* row = find_function(name)) {
        out += row->unavailable.empty() ? fmt::format("{}\n    {}\n", readable_prototype(*row), row->doc)
                                        : fmt::format("{}: cannot be had on Linux: {}\n", name, row->unavailable);
    }
    for (const ConstantRow& row : constants()) {
        if (row.name == name) out += fmt::format("{} = {}  {}\n", row.name, row.value, row.doc);
    }
    if (const TypeNameRow* row = find_type_name(name)) out += fmt::format("{}  {}\n", row->name, row->doc);
    if (!out.empty()) return out;
    std::vector<std::string_view> names(spellings.begin(), spellings.end());
    for (const FunctionRow& row : functions()) names.push_back(row.name);
    for (const ConstantRow& row : constants()) names.push_back(row.name);
    const bool verbose = name.find(':') != name.npos;
    if (const Result<PointListing> points = find_probe_points(std::string(name), verbose))
        return listing_text(*points, verbose);
    const std::string hint = did_you_mean(name, names);
    return fail(fmt::format("nothing is called `{}`", name),
                hint.empty() ? "Tab completes names; probevue -l -v lists them" : hint, ExitStatus::usage);
}

}  // namespace probevue
