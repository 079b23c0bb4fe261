#include "runtime/options/consistent.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/options/shards.h"

namespace probevue {

namespace {

bool gives_metrics(const Options& options) {
    return !options.metrics_address.empty() || !options.metrics_directory.empty() || !options.metrics_url.empty();
}

// Metrics are of a script that runs, and of its own thread.
Status metrics_of_script(const Options& options) {
    if (!gives_metrics(options)) {
        if (options.max_series == 0) return {};
        return usage_error("--max-series is about --metrics, --textfile and --push, and there is none of them");
    }
    if (options.interactive)
        return usage_error("--metrics, --textfile and --push show a script, and -i is the interactive session",
                           "leave out one of them");
    if (options.jobs || !options.state_out.empty())
        return usage_error("--metrics, --textfile and --push show what one thread holds, until its end",
                           "leave out -j and --state-out");
    if (options.top)
        return usage_error("--top shows the variables here, and --metrics, --textfile and --push elsewhere",
                           "leave out one of them");
    return {};
}

bool has_flags_of_run(const Options& options) {
    return !options.replay.empty() || !options.record.empty() || !options.output.empty() || options.program_text ||
           options.shard || options.split != 0 || !options.state_out.empty() || options.every_ns != 0 ||
           !options.merge.empty() || options.interactive || options.top || options.list || !options.dumps.empty() ||
           gives_metrics(options);
}

// Scripts that are written out anew are not run.
Status fmt_alone(const Options& options) {
    if (!options.fmt) return {};
    if (!options.test.empty()) return usage_error("--test and --fmt are two commands", "leave out one of them");
    if (has_flags_of_run(options) || options.format != OutputFormat::text)
        return usage_error("--fmt runs nothing, and takes no flags of a run",
                           "--check, --update, -I and --color are for it");
    if (options.update && options.check_only)
        return usage_error("--fmt rewrites scripts with --update, and only looks at them with --check",
                           "leave out one");
    const std::vector<std::string>& scripts = options.scripts_to_format;
    if (scripts.empty()) return usage_error("--fmt wants a script", "probevue --fmt SCRIPT; `-` is standard input");
    if (scripts.size() > 1 && !options.update && !options.check_only)
        return usage_error(fmt::format("--fmt prints one script, and there are {}", scripts.size()),
                           "--update rewrites them, --check shows what would change");
    if (options.update && std::find(scripts.begin(), scripts.end(), "-") != scripts.end())
        return usage_error("standard input cannot be rewritten", "probevue --fmt - prints it in the house style");
    return {};
}

// What tests run stands in them.
Status tests_alone(const Options& options) {
    if (options.test.empty()) return {};
    for (const std::string& path : options.test) {
        if (path.starts_with("-"))
            return usage_error(fmt::format("--test takes a folder, not `{}`", path),
                               "probevue --test DIR [--update] [DIR...]");
    }
    if (options.format != OutputFormat::text && options.format != OutputFormat::json)
        return usage_error("--test prints text or json only", "leave out --format csv or html");
    if (has_flags_of_run(options) || options.check_only)
        return usage_error(
            "--test runs what its tests say, and takes no flags of a run",
            "-v, --format, --color, -q and --update are for it; the others stand in the `run:` of NAME.test");
    return {};
}

}  // namespace

Error usage_error(std::string message, std::string hint) {
    return fail(std::move(message), std::move(hint), ExitStatus::usage);
}

Status consistent(const Options& options) {
    if (options.list && options.format != OutputFormat::text && options.format != OutputFormat::json)
        return usage_error("-l prints text or json only", "leave out --format csv or html");
    if (options.update && options.test.empty() && !options.fmt)
        return usage_error("--update is for --test DIR and --fmt, and there is none of them");
    if (Status status = tests_alone(options); !status) return status;
    if (Status status = fmt_alone(options); !status) return status;
    if (Status status = shards_of_captures(options); !status) return status;
    if (Status status = split_alone(options); !status) return status;
    if (Status status = states_of_runs(options); !status) return status;
    if (options.program_text && options.script.empty() == false) return {};
    if (!options.child_library_path.empty() && options.child.empty())
        return usage_error("-L is the library path for the program of -X, and there is none");
    if (!options.child_user.empty() && options.child.empty())
        return usage_error("--child-user is the user that runs the program of -X, and there is none");
    if (options.end_after_events != 0 && options.home == HomeChoice::kernel)
        return usage_error("-c N counts events in the engine, --home kernel lets no clause run there", "leave one out");
    if (options.interactive && (options.end_after_events != 0 || options.for_ns != 0))
        return usage_error("-c N and --for end a run; the interactive session ends with .quit",
                           "leave out -i, or the end");
    if (Status status = metrics_of_script(options); !status) return status;
    if (options.jobs && options.replay.empty())
        return usage_error("-j is for replays: live clauses run in the kernel, on the processors of their events",
                           "name a capture with -r, or leave out -j");
    if (options.interactive && options.top)
        return usage_error("--top shows a script, and -i is the interactive session", "leave out one of them");
    const Rotation& rotation = options.rotation;
    if ((rotation.bytes != 0 || rotation.seconds != 0 || rotation.files != 0) &&
        (options.record.empty() || options.record == "-"))
        return usage_error("-C, -G and -W are about the files of -w FILE, and there is none");
    if (rotation.files != 0 && rotation.bytes == 0 && rotation.seconds == 0)
        return usage_error("-W is a number of files, and there is one only",
                           "-C SIZE or -G SECONDS begin further ones");
    if (options.record_for_wireshark && (options.record.empty() || rotation.bytes != 0 || rotation.seconds != 0))
        return usage_error("--wireshark is about the one file of -w FILE", "give -w, without -C and -G");
    if (!options.child_arguments.empty() && options.child.empty())
        return usage_error("-A gives arguments to the program of -X, and there is none",
                           "give -X PROGRAM; what packets hold is printed as a text by %s of `__pkt->payload`");
    return {};
}

Status can_be_interactive(const Options& options) {
    if (!options.record.empty())
        return usage_error("-w records a script, not an interactive session", "give a script, or no -i");
    if (options.format != OutputFormat::text && options.format != OutputFormat::json)
        return usage_error("an interactive session prints as text or json only",
                           "give a script, or no --format csv or html");
    if (gives_metrics(options))
        return usage_error("--metrics, --textfile and --push show a script, and this is the interactive session",
                           "name a script, or give a program with -e");
    if (options.replay.size() > 1)
        return usage_error(
            fmt::format("an interactive session is about one capture, and -r names {}", options.replay.size()),
            "give one -r, and `.read FILE` for the others; `mergecap -w ALL FILE...` makes one of them");
    const std::pair<bool, std::string_view> flags[] = {{!options.output.empty(), "-o"},
                                                       {options.check_only, "--check"},
                                                       {!options.dumps.empty(), "-d"},
                                                       {options.jobs.has_value(), "-j"},
                                                       {options.fail_on_loss, "--fail-on-loss"}};
    for (const auto& [given, flag] : flags) {
        if (given)
            return usage_error(fmt::format("{} is for the run of a script, and this is the interactive session", flag),
                               fmt::format("give a script, or leave out {}", flag));
    }
    return {};
}

}  // namespace probevue
