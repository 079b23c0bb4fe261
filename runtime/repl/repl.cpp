#include "runtime/repl/repl.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "builtins/base/text.h"
#include "runtime/list/script_text.h"
#include "runtime/options/shell.h"
#include "runtime/probes/tracepoint_types.h"
#include "runtime/repl/commands.h"
#include "runtime/repl/reader.h"
#include "runtime/repl/screen.h"
#include "runtime/repl/watch.h"
#include "runtime/sinks/json_sink.h"
#include "runtime/sinks/text_sink.h"

namespace probevue {
namespace {

class Interactive {
public:
    explicit Interactive(const Options& options)
        : options_(options), wake_(STDIN_FILENO), keywords_(language_keywords()), workspace_(make_workspace()) {}

    ExitStatus run();

private:
    std::unique_ptr<Workspace> make_workspace();
    std::unique_ptr<Sink> make_sink(OutputFormat format);
    // JSON has escapes of its own.
    bool is_steerable(OutputFormat format) const {
        return format == OutputFormat::text && (screen_ != nullptr || isatty(STDOUT_FILENO) == 1);
    }
    std::unique_ptr<EntryReader> make_reader();
    std::string prompt() const { return question_ ? question_->text + " " : workspace_->prompt(); }
    bool ask(std::string text, std::function<void()> yes);
    void entries(const std::string& text);
    void enter_waiting();
    void command(const std::string& text);
    Status watch(std::string_view what);
    void read_captures();
    Status check_headers() const;
    ExitStatus stop_writing(const Error& error);

    const Options& options_;
    WakeUp wake_;
    std::vector<std::string> keywords_;
    std::unique_ptr<Screen> screen_;  // null: no terminal
    KeptOutput* kept_ = nullptr;      // what the sink writes to, and the sink itself; for .watch
    ScreenSink* drawn_ = nullptr;
    std::unique_ptr<Workspace> workspace_;
    std::unique_ptr<EntryReader> reader_;
    std::vector<std::string> waiting_;  // entries for the workspace, of a text that comes all at once
    unsigned replaced_ = 0;             // the entry that is being edited
    struct Question {
        std::string text;
        std::function<void()> yes;
    };
    std::optional<Question> question_;  // the next entry is its answer
    bool quit_ = false;
};

std::unique_ptr<Workspace> Interactive::make_workspace() {
    if (isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1) {
        const char* terminal = std::getenv("TERM");
        ScreenOptions screen;
        screen.color = colored(options_.color);
        screen.plain = terminal == nullptr || *terminal == '\0' || std::strcmp(terminal, "dumb") == 0;
        screen.keywords = keywords_;
        screen_ = std::make_unique<Screen>(STDOUT_FILENO, std::move(screen));
    }
    auto workspace =
        std::make_unique<Workspace>(options_, make_sink(options_.format), is_steerable(options_.format), wake_);
    if (screen_ != nullptr)
        workspace->set_wrap([this](std::string_view text) { return wrapped(text, screen_->columns()); });
    return workspace;
}

bool Interactive::ask(std::string text, std::function<void()> yes) {
    if (screen_ == nullptr) return false;
    question_ = Question{std::move(text), std::move(yes)};
    return true;
}

std::unique_ptr<Sink> Interactive::make_sink(OutputFormat format) {
    SinkOptions options = options_.sink;
    options.color = colored(options_.color);
    options.look = look_of_results(options_, STDOUT_FILENO);
    options.data_on_terminal = screen_ != nullptr || isatty(STDOUT_FILENO) == 1;
    options.errors_on_terminal = screen_ != nullptr || isatty(STDERR_FILENO) == 1;
    std::unique_ptr<Output> output;
    if (screen_ != nullptr) {
        output = std::make_unique<ScreenOutput>(*screen_);
    } else {
        output = std::make_unique<DescriptorOutput>(STDOUT_FILENO, STDERR_FILENO, options.output_name);
    }
    auto kept = std::make_unique<KeptOutput>(std::move(output), true);
    kept_ = kept.get();
    std::unique_ptr<Sink> sink;
    if (format == OutputFormat::json) {
        sink = std::make_unique<JsonSink>(std::move(kept), std::move(options));
    } else {
        sink = std::make_unique<TextSink>(std::move(kept), std::move(options));
    }
    auto drawn = std::make_unique<ScreenSink>(std::move(sink), true);
    drawn_ = drawn.get();
    return drawn;
}

Status Interactive::watch(std::string_view what) {
    const Result<WatchRequest> request = parse_watch(what, workspace_->variable_names());
    if (!request) return request.error();
    return workspace_->watch([&](const Program& program, Session& session) {
        if (Status can = check_screen_terminal(".watch"); !can) return can;
        const Result<ScreenEnd> ended =
            watch_session(program, session, *request, wake_, *kept_, *drawn_, screen_colored(options_.color));
        quit_ = ended && *ended == ScreenEnd::leave;
        return ended ? Status() : Status(ended.error());
    });
}

std::unique_ptr<EntryReader> Interactive::make_reader() {
    ReaderHost host;
    host.wait = [this] {
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        if (!waiting_.empty() && poll(&input, 1, 0) == 0) enter_waiting();
        return workspace_->wait();
    };
    host.complete = [this](std::string_view text, size_t cursor) {
        CompletionWords words;
        add_commands(words);
        words.variables = workspace_->variable_names();
        words.keywords = keywords_;
        words.members = [this](std::string_view tracepoint, uint32_t argument, std::span<const std::string_view> path) {
            return tracepoint_members(workspace_->kernel(), tracepoint, argument, path);
        };
        return complete(text, cursor, words);
    };
    host.prompt = [this] { return prompt(); };
    if (screen_ != nullptr) {
        if (auto reader = make_terminal_reader(*screen_, host)) return reader;
    }
    return make_pipe_reader(STDIN_FILENO, std::move(host));
}

// What was typed may be several entries: a text that was pasted. Clauses are gathered until there is nothing to read:
// to compile the script once for a thousand of them is quick.
void Interactive::entries(const std::string& text) {
    if (question_) {
        const std::string_view answer = trim(text);
        const Question asked = *std::exchange(question_, std::nullopt);
        if (answer == "y" || answer == "Y" || answer == "yes") return asked.yes();
        workspace_->note("nothing has been done");
        if (answer.empty() || answer == "n" || answer == "N" || answer == "no") return;
    }
    if (replaced_ != 0 && !is_command(text)) {
        workspace_->enter(text, std::exchange(replaced_, 0));
        return;
    }
    for (std::string& entry : split_entries(text)) {
        const bool is_clause =
            !is_command(entry) && !split_clauses(entry).empty() && split_clauses(entry).front().clause;
        if (!is_clause) enter_waiting();
        if (quit_ || workspace_->left()) return;
        if (is_command(entry) || (!is_clause && is_bare_command(entry, workspace_->variable_names()))) {
            command(entry);
        } else {
            waiting_.push_back(std::move(entry));
        }
        if (!is_clause) enter_waiting();
    }
}

void Interactive::enter_waiting() {
    const std::vector<std::string> entries = std::exchange(waiting_, {});
    workspace_->enter_all(entries);
}

void Interactive::command(const std::string& text) {
    CommandContext context{
        .workspace = *workspace_,
        .edit =
            [this](unsigned number, const std::string& old) {
                replaced_ = number;
                reader_->preload(old);
            },
        .set_format = [this](OutputFormat format) { workspace_->set_sink(make_sink(format), is_steerable(format)); },
        .watch = [this](std::string_view what) { return watch(what); },
        .ask = [this](std::string question,
                      std::function<void()> yes) { return ask(std::move(question), std::move(yes)); },
    };
    run_session_command(context, text);
    quit_ = quit_ || context.quit;
}

ExitStatus Interactive::run() {
    if (Status headers = check_headers(); !headers) {
        print_error(headers.error(), colored(options_.color));
        return headers.error().status;
    }
    for (const std::string& capture : options_.replay) {
        if (Status opened = workspace_->open(capture); !opened) {
            print_error(opened.error(), colored(options_.color));
            return ExitStatus::usage;
        }
    }
    Result<NetworkChoice> network = choose_network(options_.network);
    if (!network) {
        print_error(network.error(), colored(options_.color));
        return network.error().status;
    }
    const std::string seen =
        network->events ? fmt::format("events and packets are of {}\n", network->packets_text) : "";
    workspace_->set_network(std::move(*network));
    reader_ = make_reader();
    if (screen_ != nullptr)
        workspace_->say(fmt::format("probevue {}: type a clause or an expression, .help helps, Ctrl-D leaves\n{}",
                                    PROBEVUE_VERSION, seen));
    if (!options_.script.empty()) {
        if (Status loaded = workspace_->load(options_.script); !loaded) workspace_->say(loaded.error());
    }
    if (options_.program_text) workspace_->enter(*options_.program_text);
    read_captures();
    std::string text;
    while (!quit_ && !workspace_->left()) {
        const EntryReader::Got got = reader_->read(text);
        if (got == EntryReader::Got::end) break;
        if (got == EntryReader::Got::cancelled) {
            replaced_ = 0;
            question_.reset();
        } else if (!trim(text).empty() || question_) {
            entries(text);
        }
        if (Status written = workspace_->sink().flush(); !written) return stop_writing(written.error());
        if (workspace_->sink().closed()) return ExitStatus::ok;
    }
    enter_waiting();
    if (screen_ != nullptr && !trim(text).empty() && !quit_ && !workspace_->left())
        workspace_->say("what was typed is kept in the history\n");
    workspace_->finish();
    if (options_.statistics) workspace_->list(workspace_->statistics());
    if (Status written = workspace_->sink().flush(); !written) return stop_writing(written.error());
    return ExitStatus::ok;
}

// Those of -r: with clauses their results are there at the prompt, else it is said how to get to the packets.
void Interactive::read_captures() {
    if (options_.replay.empty()) return;
    if (!workspace_->has_clauses()) {
        workspace_->note(
            fmt::format("enter clauses, and `.read` runs them over {}; `.next` steps through its packets, `.resume` "
                        "makes clauses live",
                        options_.replay.back()));
        return;
    }
    for (const std::string& capture : options_.replay) {
        if (Status read = workspace_->read(capture); !read) workspace_->say(read.error());
    }
}

Status Interactive::check_headers() const {
    for (const std::string& path : options_.headers) {
        if (Result<std::string> text = Source::read_file(path); !text) return text.error();
    }
    return {};
}

ExitStatus Interactive::stop_writing(const Error& error) {
    print_error(error, colored(options_.color));
    return ExitStatus::run_time;
}

}  // namespace

ExitStatus run_interactive(const Options& options) { return Interactive(options).run(); }

}  // namespace probevue
