#include "runtime/options/options.h"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "builtins/base/text.h"
#include "builtins/probe.h"
#include "runtime/jit/jit.h"
#include "runtime/options/consistent.h"
#include "runtime/options/flags.h"
#include "runtime/options/parse_value.h"
#include "runtime/options/shards.h"
#include "runtime/sources/live.h"

namespace probevue {
namespace {

// What getopt gives for a flag: its letter, or for one without a letter its place in the table behind the last letter.
constexpr int first_long = 256;

constexpr int code_of(const FlagRow& row) {
    return row.letter != 0 ? row.letter : first_long + static_cast<int>(row.id);
}

const FlagRow* find_flag(int code) {
    for (const FlagRow& row : flag_rows) {
        if (code_of(row) == code) return &row;
    }
    return nullptr;
}

// The row of a word of the command line that is a whole flag: `-e`, `--format`.
const FlagRow* find_flag(std::string_view word) {
    for (const FlagRow& row : flag_rows) {
        if (word.size() == 2 && word[0] == '-' && row.letter != 0 && row.letter == word[1]) return &row;
        if (!row.name.empty() && word.starts_with("--") && word.substr(2) == row.name) return &row;
    }
    return nullptr;
}

// For getopt: flags that take a value are followed by a colon; `+` stops at the script's name, what follows are its
// arguments; the first colon tells a missing value from an unknown flag.
std::string short_flags() {
    std::string out = "+:";
    for (const FlagRow& row : flag_rows) {
        if (row.letter == 0) continue;
        out += row.letter;
        if (!row.argument.empty()) out += ':';
    }
    return out;
}

const std::vector<option>& long_flags() {
    static const std::vector<option> flags = [] {
        std::vector<option> out;
        for (const FlagRow& row : flag_rows) {
            if (!row.name.empty())
                out.push_back(
                    {row.name.data(), row.argument.empty() ? no_argument : required_argument, nullptr, code_of(row)});
        }
        out.push_back({nullptr, 0, nullptr, 0});
        return out;
    }();
    return flags;
}

class Parser {
public:
    explicit Parser(Options& options) : options_(options) {}

    Status flag(FlagId id, const char* value);

private:
    void note(std::string text) { options_.notes.push_back(std::move(text)); }

    template <typename T>
    Status number(const char* flag_name, std::string_view text, T minimum, T& out) {
        if (!parse_number(text, out) || out < minimum)
            return usage_error(fmt::format("{} wants a number of at least {}, not `{}`", flag_name, minimum, text));
        return {};
    }

    Status numbers(std::string_view name, std::string_view text, std::vector<int64_t>& out) {
        for (std::string_view part : split(text, ',')) {
            int64_t value = 0;
            if (!parse_number(part, value))
                return usage_error(fmt::format("-c {} wants numbers joined by commas, not `{}`", name, text));
            out.push_back(value);
        }
        return {};
    }

    Status presentation(std::string_view text);  // -c
    Status presentation_item(std::string_view name, std::string_view value);
    Status jobs(std::string_view text);                                                    // -j
    Status duration(std::string_view flag, std::string_view text, uint64_t& nanoseconds);  // --for
    Status file_size(std::string_view text);                                               // -C
    Status interfaces(std::string_view text);                                              // --interface
    Status stages(std::string_view text);
    Status information(std::string_view text);
    Status choice(FlagId id, std::string_view value);

    Options& options_;
};

Status Parser::presentation(std::string_view text) {
    if (is_number(text)) return number("-c", text, uint64_t{1}, options_.end_after_events);
    for (std::string_view item : split(text, ' ')) {
        if (trim(item).empty()) continue;
        const size_t equals = item.find('=');
        if (equals == std::string_view::npos)
            return usage_error(fmt::format("-c wants a number of events or name=value, not `{}`", item));
        if (Status status = presentation_item(item.substr(0, equals), item.substr(equals + 1)); !status) return status;
    }
    return {};
}

Status Parser::presentation_item(std::string_view name, std::string_view value) {
    if (name == "timestamp") {
        const auto prefix = choose<TimePrefix, 3>(
            value, {{{"0", TimePrefix::since_start}, {"1", TimePrefix::date}, {"2", TimePrefix::raw}}});
        if (!prefix) return usage_error(fmt::format("-c timestamp is 0, 1 or 2, not `{}`", value));
        options_.sink.time_prefix = *prefix;
        return {};
    }
    if (name == "thread") {
        if (value != "on" && value != "off") return usage_error(fmt::format("-c thread is on or off, not `{}`", value));
        options_.sink.thread_prefix = value == "on";
        return {};
    }
    if (name == "pid") return numbers(name, value, options_.sink.pids);
    if (name == "tid") return numbers(name, value, options_.sink.tids);
    if (name == "abs_mem_for_dvars")
        return number("-c abs_mem_for_dvars", value, uint64_t{1}, options_.array_memory_kb);
    if (name == "num_threads_traced") return number("-c num_threads_traced", value, uint64_t{1}, options_.max_threads);
    constexpr std::array<std::string_view, 6> names = {"timestamp",         "thread", "pid", "tid", "abs_mem_for_dvars",
                                                       "num_threads_traced"};
    const std::string hint = did_you_mean(name, names);
    return usage_error(
        fmt::format("-c does not know `{}`", name),
        hint.empty() ? "it knows timestamp, thread, pid, tid, abs_mem_for_dvars, num_threads_traced" : hint);
}

Status Parser::jobs(std::string_view text) {
    constexpr uint64_t most = 256;
    uint64_t threads = 0;
    if (Status read = number("-j", text, uint64_t{0}, threads); !read) return read;
    if (threads > most) return usage_error(fmt::format("-j takes at the most {} threads, not {}", most, text));
    options_.jobs = threads;
    return {};
}

Status Parser::duration(std::string_view flag, std::string_view text, uint64_t& nanoseconds) {
    constexpr std::array<std::pair<std::string_view, uint64_t>, 5> units = {{{"ms", 1'000'000},
                                                                             {"s", 1'000'000'000},
                                                                             {"m", 60'000'000'000},
                                                                             {"h", 3'600'000'000'000},
                                                                             {"", 1'000'000'000}}};
    if (parse_with_unit(text, units, nanoseconds)) return {};
    return usage_error(fmt::format("{} wants a time such as 10s, 500ms, 2m or 1h, not `{}`", flag, text));
}

Status Parser::file_size(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, uint64_t>, 4> units = {
        {{"k", 1024}, {"m", 1024 * 1024}, {"g", 1024 * 1024 * 1024}, {"", 1'000'000}}};
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    if (parse_with_unit(lower, units, options_.rotation.bytes)) return {};
    return usage_error(fmt::format("-C wants a size in millions of bytes, or such as 500k, 10m or 1g, not `{}`", text));
}

Status Parser::interfaces(std::string_view text) {
    options_.interfaces.clear();
    for (std::string_view name : split(text, '|')) {
        if (!is_interface_name(trim(name)))
            return usage_error(
                fmt::format("-i wants the name of an interface, or several joined by `|`, not `{}`", text));
        options_.interfaces.emplace_back(trim(name));
    }
    return {};
}

Status Parser::stages(std::string_view text) {
    for (std::string_view name : split(text, ',')) {
        const std::optional<Stage> stage = find_stage(name);
        if (!stage)
            return usage_error(fmt::format("-d does not know the stage `{}`", name),
                               fmt::format("the stages are {}", stage_names()));
        options_.dumps.push_back(*stage);
    }
    return {};
}

Status Parser::information(std::string_view text) {
    if (text.starts_with("info=")) text.remove_prefix(5);
    const auto amount = choose<Information, 3>(
        text, {{{"none", Information::none}, {"normal", Information::normal}, {"detail", Information::detail}}});
    if (!amount) return usage_error(fmt::format("-q wants info=none, info=normal or info=detail, not `{}`", text));
    options_.information = *amount;
    return {};
}

// Flags whose value is one of a few words.
Status Parser::choice(FlagId id, std::string_view value) {
    switch (id) {
        case FlagId::format: {
            const auto chosen = choose<OutputFormat, 4>(value, {{{"text", OutputFormat::text},
                                                                 {"json", OutputFormat::json},
                                                                 {"csv", OutputFormat::csv},
                                                                 {"html", OutputFormat::html}}});
            if (!chosen) return usage_error(fmt::format("--format is text, json, csv or html, not `{}`", value));
            options_.format = *chosen;
            return {};
        }
        case FlagId::home: {
            const auto chosen = choose<HomeChoice, 3>(
                value,
                {{{"auto", HomeChoice::automatic}, {"engine", HomeChoice::engine}, {"kernel", HomeChoice::kernel}}});
            if (!chosen) return usage_error(fmt::format("--home is auto, engine or kernel, not `{}`", value));
            options_.home = *chosen;
            return {};
        }
        case FlagId::engine: {
            const auto chosen =
                choose<EngineKind, 2>(value, {{{"jit", EngineKind::jit}, {"interp", EngineKind::interpreter}}});
            if (!chosen) return usage_error(fmt::format("--engine is jit or interp, not `{}`", value));
            options_.engine = *chosen;
            return {};
        }
        default: {
            const auto chosen = choose<TerminalChoice, 3>(value, {{{"auto", TerminalChoice::automatic},
                                                                   {"always", TerminalChoice::always},
                                                                   {"never", TerminalChoice::never}}});
            const bool colors = id == FlagId::color;
            if (!chosen)
                return usage_error(
                    fmt::format("{} is auto, always or never, not `{}`", colors ? "--color" : "--columns", value));
            (colors ? options_.color : options_.columns) = *chosen;
            return {};
        }
    }
}

Status Parser::flag(FlagId id, const char* value) {
    switch (id) {
        case FlagId::child_arguments: {
            bool unclosed = false;
            static_cast<void>(split_words(value, &unclosed));
            if (unclosed)
                return usage_error(fmt::format("a quote in -A `{}` is not closed", value),
                                   "close it, or put a \\ before it");
            options_.child_arguments = value;
            return {};
        }
        case FlagId::presentation:
            return presentation(value);
        case FlagId::dump:
            return stages(value);
        case FlagId::program_text:
            // AIX: the percentage of pinned memory for dynamic variables.
            if (is_number(value)) {
                note(fmt::format("-e {} is a percentage of pinned memory on AIX; it means nothing here", value));
                return {};
            }
            options_.program_text = options_.program_text ? *options_.program_text + "\n" + value : value;
            return {};
        case FlagId::profile_unit:
            if (std::string_view(value) != "milli" && std::string_view(value) != "micro")
                return usage_error(fmt::format("-f is milli or micro, not `{}`", value));
            options_.profile_micro = std::string_view(value) == "micro";
            options_.profile_unit_given = true;
            return {};
        case FlagId::debugger:
            note("-g means nothing here");
            return {};
        case FlagId::help:
            options_.help = true;
            return {};
        case FlagId::interface:
            return interfaces(value);
        case FlagId::rotate_size:
            return file_size(value);
        case FlagId::rotate_seconds:
            return number("-G", value, uint64_t{1}, options_.rotation.seconds);
        case FlagId::rotate_files:
            return number("-W", value, uint32_t{1}, options_.rotation.files);
        case FlagId::interactive:
            options_.interactive = true;
            return {};
        case FlagId::headers:
            for (std::string_view name : split(value, ',')) {
                if (!name.empty()) options_.headers.emplace_back(name);
            }
            return {};
        case FlagId::kernel_services:
            note("-K enables functions of AIX's kernel services; there are none here");
            return {};
        case FlagId::list:
            options_.list = true;
            options_.list_pattern = value;
            return {};
        case FlagId::scripts:
            options_.scripts = true;
            options_.scripts_word = value;
            return {};
        case FlagId::show:
            if (*value == '\0')
                return usage_error("--show wants the name of a script", "probevue --scripts lists them");
            options_.show = value;
            return {};
        case FlagId::test:
            options_.test.emplace_back(value);
            return {};
        case FlagId::fmt:
            options_.fmt = true;
            return {};
        case FlagId::update:
            options_.update = true;
            return {};
        case FlagId::child_library_path:
            options_.child_library_path = value;
            return {};
        case FlagId::child_user:
            options_.child_user = value;
            return *value != '\0' ? Status() : usage_error("--child-user wants the name or the number of a user");
        case FlagId::no_names:
            options_.sink.resolve_names = false;
            return {};
        case FlagId::si:
            options_.sink.si = true;
            return {};
        case FlagId::output:
            options_.output = value;
            return {};
        case FlagId::cxx_header:
            return usage_error(
                "-P makes definitions from C++ headers, which needs a C++ compiler at run time and is not available",
                "give C declarations with -I");
        case FlagId::information:
            return information(value);
        case FlagId::replay:
            options_.replay.emplace_back(value);
            return {};
        case FlagId::buffer:
            return number("-s", value, uint32_t{1}, options_.buffer_kb);
        case FlagId::read_interval:
            return number("-t", value, uint32_t{1}, options_.read_interval_ms);
        case FlagId::profile:
            options_.profile = true;
            return {};
        case FlagId::user_symbols:
            note("-u is not needed: stack traces always name the places in programs that can be found");
            return {};
        case FlagId::verbose:
            options_.verbose = true;
            return {};
        case FlagId::version:
            options_.version = true;
            return {};
        case FlagId::state_out:
            options_.state_out = value;
            return *value != '\0' ? Status() : usage_error("--state-out wants a file, or `-`");
        case FlagId::every:
            return duration("--every", value, options_.every_ns);
        case FlagId::merge:
            options_.merge.emplace_back(value);
            return *value != '\0' ? Status() : usage_error("--merge wants a file, or a pattern in quotes");
        case FlagId::shard: {
            const Result<Shard> shard = parse_shard(value);
            if (!shard) return shard.error();
            options_.shard = *shard;
            return {};
        }
        case FlagId::split:
            if (parse_number(std::string_view(value), options_.split) && options_.split - 1 < most_shards) return {};
            return usage_error(
                fmt::format("--split wants a number of files from 1 to {}, not `{}`", most_shards, value),
                "probevue --split 64 -w DIR -r FILE");
        case FlagId::record:
            options_.record = value;
            return {};
        case FlagId::wireshark:
            options_.record_for_wireshark = true;
            return {};
        case FlagId::check:
            options_.check_only = true;
            return {};
        case FlagId::lsp:
            options_.lsp = true;
            return {};
        case FlagId::child:
            options_.child = value;
            return {};
        case FlagId::skip_bad:
            options_.skip_bad = true;
            return {};
        case FlagId::for_time:
            return duration("--for", value, options_.for_ns);
        case FlagId::fail_on_loss:
            options_.fail_on_loss = true;
            return {};
        case FlagId::netns:
            if (*value == '\0') return usage_error("--netns wants all, own, a name or a path");
            options_.network = value;
            return {};
        case FlagId::hook:
            options_.hook = value;
            return {};
        case FlagId::keep_going:
            options_.keep_going = true;
            return {};
        case FlagId::jobs:
            return jobs(value);
        case FlagId::top:
            options_.top = true;
            return *value == '\0' ? Status() : number("--top", value, uint64_t{1}, options_.top_rows);
        case FlagId::metrics:
            options_.metrics_address = value;
            return *value != '\0' ? Status() : usage_error("--metrics wants an address and a port", "127.0.0.1:9465");
        case FlagId::textfile:
            options_.metrics_directory = value;
            return *value != '\0' ? Status() : usage_error("--textfile wants a directory");
        case FlagId::push:
            options_.metrics_url = value;
            return *value != '\0' ? Status() : usage_error("--push wants a URL");
        case FlagId::max_series:
            return number("--max-series", value, uint64_t{1}, options_.max_series);
        case FlagId::stats:
            options_.statistics = true;
            return {};
        default:
            return choice(id, value);
    }
}

struct ForeignFlag {
    std::string_view flag;
    std::string_view hint;
};
constexpr auto foreign_flags = std::to_array<ForeignFlag>({
#define FOREIGN_FLAG(flag, hint) {flag, hint},
#include "runtime/options/foreign_flags.def"
#undef FOREIGN_FLAG
});

// What getopt_long could not take.
Error refused(int code, const std::vector<std::string>& arguments, int at) {
    const std::string& word = arguments[static_cast<size_t>(std::max(at - 1, 0))];
    if (code == ':') return usage_error(fmt::format("{} wants a value", word));
    const std::string flag = word.starts_with("--") ? word : fmt::format("-{}", static_cast<char>(optopt));
    for (const ForeignFlag& row : foreign_flags) {
        if (row.flag == flag) return usage_error(fmt::format("there is no flag `{}`", flag), std::string(row.hint));
    }
    if (!word.starts_with("--")) return usage_error(fmt::format("there is no flag `{}`", flag));
    std::vector<std::string> names;
    for (const FlagRow& row : flag_rows) {
        if (!row.name.empty()) names.push_back(fmt::format("--{}", row.name));
    }
    std::vector<std::string_view> views(names.begin(), names.end());
    const std::string hint = did_you_mean(std::string_view(word).substr(0, word.find('=')), views);
    return usage_error(fmt::format("there is no flag `{}`", word),
                       hint.empty() ? "probevue --help lists the flags" : hint);
}

// Does the system have interfaces of all these names, joined by `|`?
bool has_interfaces(std::string_view text) {
    const std::vector<std::string_view> names = split(text, '|');
    return std::all_of(names.begin(), names.end(),
                       [](std::string_view name) { return interface_exists(std::string(name)); });
}

// `-l`, `--scripts`, `--top` and `-i` take their value only when one follows, --top a number. AIX has `-i INTERVAL`,
// tcpdump `-i IF`, and we a bare -i and a bare -l: what stands behind -i is an interface when the system has it.
std::vector<std::string> expand_optional_values(const std::vector<std::string>& arguments,
                                                std::vector<std::string>& notes) {
    std::vector<std::string> out;
    for (size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        const bool last = i + 1 == arguments.size();
        if (word == "--" || word == "-" || word.empty() || word[0] != '-') {
            out.insert(out.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
            return out;
        }
        out.push_back(word);
        const bool may_have_value = word == "-l" || word == "--scripts";
        if (may_have_value && (last || (arguments[i + 1].starts_with("-") && arguments[i + 1].size() > 1)))
            out.emplace_back();
        else if (may_have_value)
            out.push_back(arguments[++i]);
        if (word == "--top") out.push_back(!last && is_number(arguments[i + 1]) ? arguments[++i] : std::string());
        if (word == "-i" && !last && is_number(arguments[i + 1])) {
            out.pop_back();
            notes.push_back(
                fmt::format("-i {} refreshes AIX's asynchronous statistics; it means nothing here", arguments[++i]));
            continue;
        }
        if (word == "-i" && !last && has_interfaces(arguments[i + 1])) {
            out.back() = "--interface";
            out.push_back(arguments[++i]);
            continue;
        }
        const FlagRow* row = find_flag(word);
        const bool takes_next = row != nullptr && !row->argument.empty() && row->argument[0] != '[';
        if (takes_next && !last) out.push_back(arguments[++i]);
    }
    return out;
}

Result<int> parse_flags(const std::vector<std::string>& arguments, Options& options) {
    std::vector<std::string> words = arguments;
    std::vector<char*> argv;
    std::string name = "probevue";
    argv.push_back(name.data());
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    optind = 0;  // getopt keeps its place in globals: start anew
    opterr = 0;
    Parser parser(options);
    const int argc = static_cast<int>(argv.size()) - 1;
    const std::string letters = short_flags();
    while (true) {
        const int code = getopt_long(argc, argv.data(), letters.c_str(), long_flags().data(), nullptr);
        if (code == -1) break;
        if (code == '?' || code == ':') return refused(code, arguments, optind - 1);
        const FlagRow* row = find_flag(code);
        if (Status status = parser.flag(row->id, optarg); !status) return status.error();
    }
    // That a build has no just-in-time compiler is news only to who asks for it.
    if (!options.engine && !jit_available()) options.engine = EngineKind::interpreter;
    return optind - 1;
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
    Options options;
    const std::vector<std::string> words = expand_optional_values(arguments, options.notes);
    const Result<int> rest = parse_flags(words, options);
    if (!rest) return rest.error();
    auto next = words.begin() + *rest;
    if (options.list) {
        // Flags may stand between -l and its pattern.
        if (options.list_pattern.empty() && next != words.end()) options.list_pattern = *next++;
        if (next != words.end())
            return usage_error(fmt::format("-l takes one pattern, and `{}` is a second one", *next),
                               "put a pattern with `*` in quotes, so that the shell leaves it alone");
    }
    if ((options.scripts || !options.show.empty()) && next != words.end())
        return usage_error(fmt::format("{} takes one {}, and `{}` is more", options.scripts ? "--scripts" : "--show",
                                       options.scripts ? "word" : "name", *next));
    if (!options.test.empty()) {
        options.test.insert(options.test.end(), next, words.end());
        next = words.end();
    }
    if (options.fmt) {
        options.scripts_to_format.assign(next, words.end());
        next = words.end();
    }
    if (!options.program_text && !options.list && next != words.end()) options.script = *next++;
    options.script_arguments.assign(next, words.end());
    if (Status status = consistent(options); !status) return status.error();
    if (options.profile_unit_given && !options.profile)
        options.notes.push_back("-f is the unit of the time profile of -T, and there is none");
    if (!options.network.empty() && !options.replay.empty())
        options.notes.push_back("--netns means nothing in a replay: files have what was recorded");
    return options;
}

Status apply_embedded(Options& options, const EmbeddedArguments& embedded, bool command_line_has_flags) {
    if (!embedded.command.empty() && !command_line_has_flags) {
        const std::vector<std::string> words = expand_optional_values(embedded.command, options.notes);
        const Result<int> rest = parse_flags(words, options);
        if (!rest) return fail("#VUE_CMD_ARGS: " + rest.error().message, rest.error().hint, ExitStatus::usage);
        if (static_cast<size_t>(*rest) != words.size())
            return usage_error(fmt::format("#VUE_CMD_ARGS: `{}` is no flag", words[static_cast<size_t>(*rest)]));
    }
    if (options.script_arguments.empty()) options.script_arguments = embedded.script;
    return consistent(options);
}

}  // namespace probevue
