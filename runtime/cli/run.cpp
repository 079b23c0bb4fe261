#include "runtime/cli/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <utility>

#include "builtins/base/shown.h"
#include "builtins/hooks.h"
#include "runtime/cli/check_report.h"
#include "runtime/cli/child.h"
#include "runtime/cli/descriptor.h"
#include "runtime/cli/fmt.h"
#include "runtime/cli/idle.h"
#include "runtime/cli/jobs.h"
#include "runtime/cli/make_sink.h"
#include "runtime/cli/meant.h"
#include "runtime/cli/metrics.h"
#include "runtime/cli/needs.h"
#include "runtime/cli/overwriting.h"
#include "runtime/cli/print.h"
#include "runtime/cli/profile.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/split.h"
#include "runtime/cli/states.h"
#include "runtime/cli/top.h"
#include "runtime/kernel/facts.h"
#include "runtime/list/library.h"
#include "runtime/list/points.h"
#include "runtime/list/script.h"
#include "runtime/lsp/run.h"
#include "runtime/options/compiling.h"
#include "runtime/options/consistent.h"
#include "runtime/options/shell.h"
#include "runtime/privileges/privileges.h"
#include "runtime/repl/repl.h"
#include "runtime/session/session.h"
#include "runtime/sinks/recorder.h"
#include "runtime/sinks/rotation.h"
#include "runtime/sources/capture.h"
#include "runtime/testing/run.h"

namespace probevue {
namespace {

// The words before the script that are flags: decides whether #VUE_CMD_ARGS hold.
bool has_flags(const std::vector<std::string>& arguments) {
    return !arguments.empty() && arguments.front().starts_with("-") && arguments.front() != "-";
}

// The figures of a program that has been compiled only.
Statistics not_run(const Program& program) {
    Statistics out;
    for (const ClauseCode& clause : program.clauses)
        out.clauses.push_back({clause.probes.empty() ? "" : clause.probes.front().text, 0, 0});
    return out;
}

class Command {
public:
    explicit Command(Options options, bool from_flags) : options_(std::move(options)), from_flags_(from_flags) {}

    // All of it; where there is no more memory, that is told with the place.
    ExitStatus run();
    // Is told when the session has ended.
    void at_end(SessionEnd end) { at_end_ = std::move(end); }

private:
    ExitStatus refuse(const Error& error);
    ExitStatus compile_and_execute();
    void say(std::string note);
    ExitStatus end_check(const Compiled& compiled);
    Result<CompileInput> input();
    ExitStatus execute(const Program& program, std::optional<Child>& child);
    Status start(Session& session, const Program& program, Sink& sink);
    void run_session(Session& session, RunTeller& teller, Sink& sink);
    ExitStatus end_session(const Program& program, Session& session, MetricsRun& metrics, Sink& sink);
    Result<std::unique_ptr<SessionTap>> open_recording() const;
    void note_interface(const Program& program);
    ExitStatus report(const std::vector<Problem>& problems, const Program& program, Sink& sink) const;
    void tell_start(const Program& program) const;
    Result<std::unique_ptr<Session>> make_session(const Program& program, SessionOptions options, Sink& sink,
                                                  std::vector<Problem>& problems) const;
    SessionOptions session_options(const std::optional<Child>& child) const;
    ReportHead report_head(const Program& program) const;
    void say_notes();
    // Is somebody told what goes on?
    bool announces() const { return isatty(STDERR_FILENO) == 1 && options_.information != Information::none; }
    void while_waiting(Session* session, const std::string& output_name);
    std::unique_ptr<Output> keep(std::unique_ptr<Output> to, TopRun& top) const;
    std::unique_ptr<Sink> draw_printed(std::unique_ptr<Sink> to, TopRun& top) const;

    Options options_;
    SessionEnd at_end_;
    bool from_flags_;
    Profile profile_;
    std::string place_ = "before anything ran";  // what is going on, for when there is no memory to say it
    bool told_of_waiting_ = false;
    bool in_output_ = false;  // the session is in the middle of something: variables may not be read
    bool metrics_wanted_ = false;
    NetworkChoice network_;
    std::vector<Message> said_;     // of `--check --format json`
    std::string script_text_;       // as written
    std::optional<Source> source_;  // of the script, once it has been compiled
};

Result<CompileInput> Command::input() {
    CompileInput input;
    if (options_.program_text) {
        input.name = "<-e>";
        input.text = *options_.program_text;
    } else {
        const bool from_stdin = options_.script.empty() || options_.script == "-";
        if (from_stdin && announces() && isatty(STDIN_FILENO) == 1)
            fmt::print(stderr, "probevue: reading the script from the keyboard; Ctrl-D ends it\n");
        const Result<std::string> path = find_script(from_stdin ? "-" : options_.script);
        if (!path) return path.error();
        Result<std::string> text = Source::read_file(*path);
        if (!text) return text.error();
        input.name = from_stdin ? "<stdin>" : *path;
        input.text = std::move(*text);
        if (from_stdin && begins_capture(input.text)) return capture_for_script();
        if (!from_stdin) {
            if (Status status = apply_embedded(options_, Source::embedded_arguments(input.text), from_flags_); !status)
                return status.error();
            note_unused_flag(options_, input.text);
        }
    }
    if (Status added = add_surroundings(input, options_); !added) return added.error();
    return input;
}

ExitStatus Command::refuse(const Error& error) {
    if (!checks_as_json(options_)) return refuse_command(error, options_);
    said_.push_back(message_of(error));
    return report_check(shown_name(options_), said_, nullptr, options_, error.status);
}

// A note about the command itself.
void Command::say(std::string note) {
    if (checks_as_json(options_)) return said_.push_back({Severity::note, std::move(note), {}});
    fmt::print(stderr, "probevue: note: {}\n", shown(note));
}

void Command::say_notes() {
    if (options_.information == Information::none) return;
    for (const std::string& note : options_.notes) say(note);
}

ExitStatus Command::end_check(const Compiled& compiled) {
    const Program* program = compiled.program ? &*compiled.program : nullptr;
    if (program == nullptr || options_.information != Information::none)
        said_.insert(said_.end(), compiled.said.begin(), compiled.said.end());
    if (program != nullptr) note_interface(*program);
    return report_check(compiled.source->name(), said_, program, options_,
                        program != nullptr ? ExitStatus::ok : ExitStatus::usage);
}

SessionOptions Command::session_options(const std::optional<Child>& child) const {
    SessionOptions out;
    if (child) out.attach.started = {child->pid(), options_.child};
    out.replay = options_.replay;
    if (options_.shard) out.shard = *options_.shard;
    out.skip_bad = options_.skip_bad;
    out.engine.kind = options_.engine.value_or(EngineKind::jit);
    out.engine.live = options_.is_live();
    if (options_.max_threads != 0) out.engine.max_threads = options_.max_threads;
    // AIX gives memory, we bound elements: an element with its place in the table takes about 64 bytes.
    if (options_.array_memory_kb != 0) {
        out.engine.max_elements = std::max<uint64_t>(1, options_.array_memory_kb * 1024 / 64);
        out.engine.max_summaries = options_.array_memory_kb * 1024;
    }
    out.attach.buffer_kb = options_.buffer_kb;
    out.attach.read_ms = options_.read_interval_ms;
    out.attach.network = network_.packets.get();
    out.fail_on_loss = options_.fail_on_loss;
    out.end_after_ns = options_.for_ns;
    out.end_after_events = options_.end_after_events;
    if (!options_.record.empty()) {
        // A recording is for other scripts too: it has whole packets.
        out.tap_matched = !options_.replay.empty();
        constexpr uint32_t whole_packets = 262'144;
        constexpr uint32_t roomy_kb = 16 * 1024;
        out.attach.snap_length = whole_packets;
        if (options_.buffer_kb == 0) out.attach.buffer_kb = roomy_kb;
    }
    return out;
}

ReportHead Command::report_head(const Program& program) const {
    return {program.script_name, script_text_, options_.script_arguments, options_.replay, options_.merge};
}

ExitStatus Command::report(const std::vector<Problem>& problems, const Program& program, Sink& sink) const {
    ExitStatus status = ExitStatus::run_time;
    for (const auto& [position, error] : problems) {
        status = error.status;
        if (position.line != 0 && source_ && options_.format != OutputFormat::json) {
            static_cast<void>(sink.flush());
            fmt::print(stderr, "{}", render(error, program, position, *source_, colored(options_.color)));
            continue;
        }
        std::string text = error.message;
        if (position.line != 0)
            text = fmt::format("{}:{}:{}: {}", program.script_name, position.line, position.column, text);
        if (!error.hint.empty()) text += "\nhint: " + error.hint;
        sink.message(MessageKind::error, text);
    }
    static_cast<void>(sink.flush());
    return status;
}

Result<std::unique_ptr<SessionTap>> Command::open_recording() const {
    if (options_.record == "-" && (options_.output.empty() || options_.output == "-")) {
        return fail("-w - records to standard output, where the trace goes too", "give -o FILE for the trace",
                    ExitStatus::usage);
    }
    if (options_.rotation.bytes != 0 || options_.rotation.seconds != 0) {
        return std::unique_ptr<SessionTap>(std::make_unique<RotatingRecorder>(
            options_.record, options_.rotation,
            [this](const std::string& path) { return may_write_to(options_, "-w", path); }));
    }
    Result<std::unique_ptr<Recorder>> recorder =
        Recorder::open(options_.record, options_.record_for_wireshark ? RecordForm::packets : RecordForm::blocks);
    if (!recorder) return recorder.error();
    return std::unique_ptr<SessionTap>(std::move(*recorder));
}

// An interface that no probe takes has been given for nothing.
void Command::note_interface(const Program& program) {
    if (options_.interfaces.empty() || options_.information == Information::none) return;
    for (const ClauseCode& clause : program.clauses) {
        for (const ProbeRequest& probe : clause.probes) {
            if (probe.kind == ProbeKind::bpf && probe.packets().interface_left_out) return;
        }
    }
    say(fmt::format(
        "-i {} is for packet probes that leave the interface out (`@@net:bpf::tcp:\"\"`), and there is none",
        fmt::join(options_.interfaces, "|")));
}

// A signal came while output waits for its reader.
void Command::while_waiting(Session* session, const std::string& output_name) {
    if (session != nullptr) {
        in_output_ = true;
        session->give_figures();
        in_output_ = false;
        if (std::exchange(metrics_wanted_, false)) session->request_figures();
    }
    if (told_of_waiting_ || !announces() || !StopOnSignal::overdue()) return;
    told_of_waiting_ = true;
    fmt::print(stderr, "probevue: waiting for the reader of {}; Ctrl-C ends at once\n", shown(output_name));
}

// `--top`: output goes by what keeps it while the screen is there, and prints by what draws them.
std::unique_ptr<Output> Command::keep(std::unique_ptr<Output> to, TopRun& top) const {
    auto kept = std::make_unique<KeptOutput>(std::move(to), options_.output.empty() || options_.output == "-");
    top.kept = kept.get();
    return kept;
}

std::unique_ptr<Sink> Command::draw_printed(std::unique_ptr<Sink> to, TopRun& top) const {
    auto drawn = std::make_unique<ScreenSink>(std::move(to), options_.output.empty() || options_.output == "-");
    top.sink = drawn.get();
    return drawn;
}

// What a live session waits for, where a person reads it.
void Command::tell_start(const Program& program) const {
    if (!options_.is_live() || !announces() || options_.top) return;
    fmt::print(
        stderr, "{}",
        start_text(program, network_, {options_.for_ns, options_.end_after_events, source_ ? source_->text() : ""}));
}

// Null: there are problems.
Result<std::unique_ptr<Session>> Command::make_session(const Program& program, SessionOptions options, Sink& sink,
                                                       std::vector<Problem>& problems) const {
    const Jobs jobs = choose_jobs(options_, program);
    options.jobs = jobs.threads;
    if (!jobs.note.empty() && options_.information != Information::none) sink.message(MessageKind::note, jobs.note);
    if (!options_.state_out.empty()) {
        Result<SessionOptions::StateOut> out = state_out(options_, program, source_->text());
        if (!out) return out.error();
        options.state_out = std::move(*out);
    }
    if (options_.merge.empty()) return Session::create(program, std::move(options), sink, problems);
    Result<StatesToMerge> merged = states_to_merge(options_, program, source_->text(), options);
    if (!merged) return merged.error();
    for (const std::string& note : merged->notes) sink.message(MessageKind::note, note);
    return Session::create_merged(program, std::move(options), sink, std::move(merged->given), problems);
}

ExitStatus Command::execute(const Program& program, std::optional<Child>& child) {
    place_ = "while the session was made";
    profile_.ends("compile");
    Result<Descriptor> output = open_output(options_.output);
    if (!output) return refuse(output.error());
    SinkOptions sink_options = for_descriptors(options_.sink, output->get(), STDERR_FILENO);
    sink_options.color = colored(options_.color);
    sink_options.look = look_of_results(options_, output->get());
    if (!options_.output.empty()) sink_options.output_name = fmt::format("`{}`", options_.output);
    RunTeller teller(announces());
    const bool json = options_.format == OutputFormat::json;
    auto descriptors =
        std::make_unique<DescriptorOutput>(output->get(), json ? -1 : STDERR_FILENO, sink_options.output_name);
    Session* running = nullptr;
    descriptors->when_interrupted([&] { while_waiting(running, sink_options.output_name); });
    TopRun top;
    std::unique_ptr<Output> watched = std::make_unique<WatchedOutput>(std::move(descriptors), teller);
    if (options_.top) watched = keep(std::move(watched), top);
    // A page would be there also where nothing is printed.
    const OutputFormat format = options_.state_out.empty() ? options_.format : OutputFormat::text;
    std::unique_ptr<Sink> sink = make_sink(format, std::move(watched), sink_options, report_head(program));
    if (options_.top) sink = draw_printed(std::move(sink), top);
    Result<std::unique_ptr<MetricsExporter>> opened_metrics = open_metrics(options_, program);
    if (!opened_metrics) return refuse(opened_metrics.error());
    MetricsRun* metrics = nullptr;
    std::vector<Problem> problems;
    std::unique_ptr<SessionTap> recorder;
    if (!options_.record.empty()) {
        Result<std::unique_ptr<SessionTap>> opened = open_recording();
        if (!opened) return refuse(opened.error());
        recorder = std::move(*opened);
    }
    SessionOptions options = session_options(child);
    if (program.merge.merge_class() != MergeClass::serial) options.shard_key = program.merge.key;
    options.tap = recorder.get();
    options.show_figures = [&](const Statistics& statistics) {
        metrics_wanted_ = in_output_;
        if (metrics != nullptr && !in_output_) metrics->answer(statistics);
        if (!StopOnSignal::take_question()) return;
        if (top.sink != nullptr) return top.sink->message(MessageKind::note, so_far(statistics));
        fmt::print(stderr, "{}", figures_text(statistics));
    };
    Result<std::unique_ptr<Session>> made = make_session(program, std::move(options), *sink, problems);
    if (!made) return refuse(made.error());
    const std::unique_ptr<Session> session = std::move(*made);
    if (session == nullptr) return report(problems, program, *sink);
    output->replace();
    if ((options_.information == Information::detail || options_.verbose) && options_.is_live()) {
        for (const std::string& line : list_attached(program))
            sink->message(MessageKind::note, program.script_name + ":" + line);
    }
    MetricsRun metrics_run(std::move(*opened_metrics), *sink);
    metrics = &metrics_run;
    metrics_run.announce(options_, program);
    running = session.get();
    tell_start(program);
    const StopOnSignal stop(*session);
    if (options_.top) hold_output(top);
    if (Status started = start(*session, program, *sink); !started) return refuse(started.error());
    if (Status started = metrics_run.start(*session); !started) return refuse(started.error());
    if (child) {
        if (Status released = child->release(); !released) sink->message(MessageKind::error, released.error().message);
    }
    profile_.ends("enable");
    if (options_.top) {
        if (Status shown = show_top(program, *session, options_, top); !shown) return refuse(shown.error());
    } else {
        run_session(*session, teller, *sink);
    }
    profile_.ends("trace");
    // The terminal has written `^C` where the next line is to begin.
    if (StopOnSignal::by_key() && isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\n");
    return end_session(program, *session, metrics_run, *sink);
}

// Live probes are enabled with all that it takes; a replay parses what others have made, from its first packet on.
Status Command::start(Session& session, const Program& program, Sink& sink) {
    const Needs needs = needs_to_run(options_, program);
    if (options_.is_live()) session.start();
    if (Status given_up = keep_only(needs); !given_up) return given_up;
    if (!options_.is_live()) session.start();
    const bool tells = options_.information == Information::detail || options_.verbose;
    if (tells && options_.is_live() && !list_attached(program).empty())
        sink.message(MessageKind::note, fmt::format("privileges: {}", privileges_text(needs)));
    return {};
}

// Until it is over.
void Command::run_session(Session& session, RunTeller& teller, Sink& sink) {
    try {
        teller.run(session);
    } catch (const std::bad_alloc&) {
        // What clauses have gathered may be half of a change: END does not run.
        place_ = session.place();
        static_cast<void>(sink.flush());
        throw;
    }
}

ExitStatus Command::end_session(const Program& program, Session& session, MetricsRun& metrics, Sink& sink) {
    place_ = "at the end, " + session.place();
    const ExitStatus status = session.finish();
    metrics.finish(session.statistics());
    if (at_end_) at_end_(program, session.statistics());
    profile_.ends("end");
    for (const std::string& remark : session.statistics().remarks()) sink.message(MessageKind::warning, remark);
    if (options_.profile) sink.message(MessageKind::note, profile_.text(options_.profile_micro));
    if (options_.statistics) sink.statistics(session.statistics().figures());
    sink.end(session.statistics().figures());
    // A session that failed has said why, unless it said so in the stream that cannot be written.
    if (Status flushed = sink.flush(); !flushed && (status == ExitStatus::ok || options_.format == OutputFormat::json))
        return refuse(flushed.error());
    return status;
}

ExitStatus Command::run() {
    try {
        return compile_and_execute();
    } catch (const std::bad_alloc&) {
        return refuse(no_memory(place_));
    }
}

ExitStatus Command::compile_and_execute() {
    if (checks_as_json(options_) && !options_.dumps.empty()) {
        return refuse(fail("-d prints text, and --check --format json lines of JSON", "leave one of them out",
                           ExitStatus::usage));
    }
    Result<CompileInput> source = input();
    if (!source) return refuse(source.error());
    if (Status may = overwrites_nothing(options_); !may) return refuse(may.error());
    std::optional<Child> child;
    if (!options_.child.empty()) {
        Result<Child> started = Child::start(options_);
        if (!started) return refuse(started.error());
        child.emplace(std::move(*started));
        source->shell.variables["__CPID"] = std::to_string(child->pid());
        source->shell.variables["__CPNAME"] = '"' + child->name() + '"';
    }
    if (Status given_up = keep_only(needs_to_start(options_)); !given_up) return refuse(given_up.error());
    say_notes();
    script_text_ = source->text;
    CompileOptions compile_options = probevue::compile_options(options_);
    // Who gathers and who puts together have one program, whatever form the answer has.
    const bool of_states = !options_.state_out.empty() || !options_.merge.empty();
    compile_options.tell_unprinted =
        options_.format == OutputFormat::html && !of_states && options_.dumps.empty() && !options_.list;
    const bool silent = options_.information == Information::none;
    const bool is_tried = options_.program_text || (options_.output.empty() && isatty(STDOUT_FILENO) != 0);
    compile_options.tell_at_end = options_.dumps.empty() && !options_.list && (of_states || (is_tried && !silent));
    compile_options.keep_silent = silent && of_states;
    compile_options.color = colored(options_.color);
    // Looks at the system only when a clause asks for it; its type information is not needed once the program is made.
    std::optional<RunningKernel> kernel;
    if (options_.is_live()) compile_options.types = &kernel.emplace();
    if (options_.is_live() && !options_.check_only) {
        compile_options.kernel = &*kernel;
        Result<NetworkChoice> network = choose_network(options_.network);
        if (!network) return refuse(network.error());
        network_ = std::move(*network);
        compile_options.network = network_.events;
    }
    if (!options_.hook.empty()) {
        const RungRow* row = find_rung(options_.hook);
        if (row == nullptr) return refuse(unknown_rung(options_.hook));
        compile_options.rung = row->rung;
    }
    place_ = fmt::format("while {} was compiled", source->name);
    Compiled compiled = compile(std::move(*source), compile_options);
    kernel.reset();
    if (checks_as_json(options_)) {
        if (at_end_ && compiled.program) at_end_(*compiled.program, not_run(*compiled.program));
        return end_check(compiled);
    }
    if (!(options_.information == Information::none && compiled.program)) fmt::print(stderr, "{}", compiled.messages);
    if (const ExitStatus dumped = print_and_end(compiled.dumps, options_); dumped != ExitStatus::ok) return dumped;
    if (!compiled.program) return ExitStatus::usage;
    note_interface(*compiled.program);
    if (options_.list) {
        if (options_.format != OutputFormat::text)
            return refuse(fail("-l of a script prints text only", "--check --format json has its probes as JSON",
                               ExitStatus::usage));
        return print_and_end(list_script(*compiled.program, script_text_, network_.packets.get()), options_);
    }
    if (at_end_ && options_.check_only) at_end_(*compiled.program, not_run(*compiled.program));
    if (options_.check_only || (!options_.dumps.empty() && !options_.keep_going)) return ExitStatus::ok;
    source_ = std::move(compiled.source);
    return execute(*compiled.program, child);
}

// -l, where the pattern is not a script's. What is no probe point may be the name of a script.
ExitStatus run_list(Options options) {
    const Result<PointListing> listed = find_probe_points(options.list_pattern, options.verbose);
    if (!listed && !is_script_name(options.list_pattern)) return refuse_command(listed.error(), options);
    if (listed) {
        return print_and_end(options.format == OutputFormat::json
                                 ? listing_json(*listed, options.list_pattern.empty(), options.verbose)
                                 : listing_text(*listed, options.verbose),
                             options);
    }
    options.script = options.list_pattern;
    return Command(std::move(options), true).run();
}

}  // namespace

ExitStatus run_command(const std::vector<std::string>& arguments) {
    occupy_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a write tells of the limit, and END still runs
    let_figures_be_asked_for();
    Result<Options> options = parse_options(arguments);
    if (!options) {
        print_error(options.error(), colored(TerminalChoice::automatic));
        return options.error().status;
    }
    if (options->help) return print_and_end(help_text(), *options);
    if (options->version) return print_and_end(fmt::format("probevue {}\n", PROBEVUE_VERSION), *options);
    if (const std::optional<Needs> needs = needs_without_session(*options)) {
        if (Status given_up = keep_only(*needs); !given_up) return refuse_command(given_up.error(), *options);
    }
    if (options->scripts) return print_and_end(list_scripts(options->scripts_word), *options);
    if (!options->show.empty()) return print_and_end(text_of(options->show), *options);
    if (options->lsp) {
        if (options->script.empty() && !options->program_text) return run_language_server(*options);
        return refuse_command(
            fail("--lsp is given its scripts by the editor", "leave out the script", ExitStatus::usage), *options);
    }
    if (options->list && names_script(options->list_pattern)) {
        options->script = options->list_pattern;
        if (const std::optional<Error> meant = other_than_script(*options)) return refuse_command(*meant, *options);
        return Command(std::move(*options), true).run();
    }
    if (!options->test.empty()) {
        return run_tests(*options, [](Options of_test, const SessionEnd& at_end) {
            if (const std::optional<Error> meant = other_than_script(of_test)) return refuse_command(*meant, of_test);
            Command command(std::move(of_test), true);
            command.at_end(at_end);
            return command.run();
        });
    }
    if (options->fmt) return run_fmt(*options);
    if (options->split != 0) return run_split(*options);
    if (options->list) return run_list(std::move(*options));
    if (const std::optional<Error> meant = other_than_script(*options)) return refuse_command(*meant, *options);
    // With a capture there may be more to come on standard output than a session: `probevue -r FILE >OUT <SCRIPT`.
    const bool on_terminal = isatty(STDIN_FILENO) == 1 && (options->replay.empty() || isatty(STDOUT_FILENO) == 1);
    const bool nothing_to_run = !options->program_text && options->script.empty();
    const bool interactive = options->interactive || (nothing_to_run && on_terminal);
    if (interactive) {
        if (Status can = can_be_interactive(*options); !can) return refuse_command(can.error(), *options);
    }
    if (options->top && !options->check_only) {
        if (Status can = check_top(*options); !can) return refuse_command(can.error(), *options);
    }
    if (interactive) {
        // Clauses come later, and are attached then.
        if (Status given_up = keep_only({Need::files, Need::attaching}); !given_up)
            return refuse_command(given_up.error(), *options);
        return run_interactive(*options);
    }
    return Command(std::move(*options), has_flags(arguments)).run();
}

}  // namespace probevue
