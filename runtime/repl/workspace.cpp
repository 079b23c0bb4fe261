#include "runtime/repl/workspace.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>

#include "builtins/base/shown.h"
#include "builtins/base/text.h"
#include "runtime/list/library.h"
#include "runtime/list/script_text.h"
#include "runtime/options/shell.h"
#include "runtime/records/forwarding_sink.h"
#include "runtime/repl/value.h"
#include "runtime/sinks/written_file.h"

namespace probevue {
namespace {

// Nothing but BEGIN and END.
bool needs_no_probe(const ClauseCode& clause) {
    return std::all_of(clause.probes.begin(), clause.probes.end(), [](const ProbeRequest& probe) {
        return probe.kind == ProbeKind::begin || probe.kind == ProbeKind::end;
    });
}

bool has_probes(const Program& program) {
    return !std::all_of(program.clauses.begin(), program.clauses.end(), needs_no_probe);
}

std::string joined(std::span<const std::string> texts) {
    std::string out;
    for (const std::string& text : texts) out += text + "\n";
    return out;
}

}  // namespace

class Workspace::PlacingSink final : public ForwardingSink {
public:
    PlacingSink(std::unique_ptr<Sink> to, const ScriptText*& speaking)
        : ForwardingSink(*to), owned_(std::move(to)), speaking_(speaking) {}
    void message(MessageKind kind, std::string_view text) override {
        to_.message(kind, speaking_ == nullptr ? std::string(text) : speaking_->localise(text));
    }

private:
    std::unique_ptr<Sink> owned_;
    const ScriptText*& speaking_;
};

Workspace::Workspace(const Options& options, std::unique_ptr<Sink> sink, bool steerable, WakeUp& wake)
    : options_(options),
      sink_(std::make_unique<PlacingSink>(std::move(sink), speaking_)),
      steerable_(steerable),
      wake_(wake) {}

Workspace::~Workspace() {
    if (running_) sink_->set_resolver(nullptr);
}

void Workspace::set_sink(std::unique_ptr<Sink> sink, bool steerable) {
    stop_running();
    steerable_ = steerable;
    sink_ = std::make_unique<PlacingSink>(std::move(sink), speaking_);
    change(entries_, {});
}

void Workspace::say(std::string_view text) {
    if (text.empty()) return;
    sink_->text(wrap_ ? wrap_(text) : std::string(text), RecordOrigin{});
    static_cast<void>(sink_->flush());
}

void Workspace::list(std::string_view text) { say(steerable_ ? shown_lines(text) : std::string(text)); }

void Workspace::say(const Error& error) {
    sink_->message(MessageKind::error, error.hint.empty() ? error.message : error.message + "\nhint: " + error.hint);
    static_cast<void>(sink_->flush());
}

void Workspace::note(std::string_view text) {
    sink_->message(MessageKind::note, text);
    static_cast<void>(sink_->flush());
}

const Entry* Workspace::find(unsigned number) const {
    const Entry* found = entry_of(entries_, number);
    return found == nullptr || found->removed ? nullptr : found;
}

const RunningKernel& Workspace::kernel() {
    if (kernel_ == nullptr) kernel_ = std::make_unique<RunningKernel>();
    return *kernel_;
}

std::optional<Program> Workspace::compile_script(const ScriptText& script, bool replay,
                                                 const std::vector<unsigned>& fresh, std::string& messages,
                                                 std::optional<Source>* source) {
    CompileInput input;
    input.name = session_script_name;
    input.text = script.text();
    for (const std::string& path : options_.headers) {
        Result<std::string> text = Source::read_file(path);
        if (text) input.headers.emplace_back(path, std::move(*text));
    }
    input.shell.arguments = options_.script_arguments;
    input.shell.variables = environment_variables();
    CompileOptions options;
    options.replay = replay;
    options.may_lack_clauses = true;
    options.interfaces = options_.interfaces;
    if (!replay) {
        options.kernel = &kernel();
        options.network = network_.events;
    }
    // Values move between programs, so they must lie where we can read them.
    options.home = HomeChoice::engine;
    options.color = colored(options_.color);
    Compiled compiled = compile(std::move(input), options);
    messages = script.localise(compiled.messages, fresh);
    if (source != nullptr) *source = std::move(compiled.source);
    return std::move(compiled.program);
}

SessionOptions Workspace::session_options() const {
    SessionOptions out;
    out.engine.kind = options_.engine.value_or(EngineKind::jit);
    if (options_.max_threads != 0) out.engine.max_threads = options_.max_threads;
    out.attach.buffer_kb = options_.buffer_kb;
    out.attach.read_ms = options_.read_interval_ms;
    out.attach.network = network_.packets.get();
    out.wake_descriptor = wake_.descriptor();
    return out;
}

void Workspace::tell(const std::vector<Problem>& problems, const Program& program, const ScriptText& script,
                     const Source& source, const std::vector<unsigned>& fresh) {
    for (const Problem& problem : problems) {
        if (problem.position.line == 0) {
            say(problem.error);
        } else {
            say(script.localise(render(problem.error, program, problem.position, source, colored(options_.color)),
                                fresh));
        }
    }
}

// A clause whose probes cannot be had does not keep the others from running.
std::unique_ptr<Session> Workspace::create_session(const Program& program, const ScriptText& script,
                                                   const Source& source, std::vector<Entry>& entries) {
    for (Entry& entry : entries) entry.idle_why.clear();
    std::vector<unsigned> all;
    for (const Entry& entry : entries) all.push_back(entry.number);
    for (;;) {
        SessionOptions options = session_options();
        for (const ClauseCode& clause : program.clauses) {
            const unsigned number = script.entry_at(clause.position.line);
            const Entry* entry = entry_of(entries, number);
            // While paused nothing is attached; what happens at once still does.
            const bool idle = (entry != nullptr && (entry->removed || !entry->idle_why.empty())) ||
                              (paused_ && !needs_no_probe(clause));
            const bool begun = entry != nullptr && entry->begun;
            options.uses.push_back(idle ? ClauseUse::idle : begun ? ClauseUse::begun : ClauseUse::whole);
        }
        SessionParts parts;
        if (stepped_) {
            options.wanted = [this](const ProbeRequest& request, const PacketInterface& interface) {
                return stepped_->wanted(request, interface);
            };
            parts.sources.push_back(stepped_->source());
            parts.clock = stepped_->clock();
        } else {
            options.tap = &last_;
        }
        std::vector<Problem> problems;
        std::unique_ptr<Session> session =
            Session::create(program, std::move(options), *sink_, problems, std::move(parts));
        if (session != nullptr) return session;
        bool progress = false;
        for (const Problem& problem : problems) {
            const unsigned number = script.entry_at(problem.position.line);
            for (Entry& entry : entries) {
                if (problem.position.line == 0 || entry.number != number || !entry.idle_why.empty()) continue;
                entry.idle_why = problem.error.message;
                const Error kept = fail(fmt::format("the clause is kept but not live: {}", problem.error.message),
                                        fmt::format("{}{}`.read FILE` runs it over a capture, `.resume` tries again",
                                                    problem.error.hint, problem.error.hint.empty() ? "" : "; "));
                entry.idle_message =
                    script.localise(render(kept, program, problem.position, source, colored(options_.color)), all);
                progress = true;
            }
        }
        if (progress) continue;
        tell(problems, program, script, source, all);
        return nullptr;
    }
}

void Workspace::take_over(std::unique_ptr<Running> next) {
    Session& session = *next->session;
    if (running_ && !stepped_) {
        const uint64_t now = session.enable();
        sink_->set_resolver(&running_->session->engine().resolver());
        running_->session->drain(now);
    }
    if (running_) {
        running_->session->engine().save(values_);
        before_.add(running_->session->snapshot());
    }
    sink_->set_resolver(&session.engine().resolver());
    speaking_ = &next->script;
    session.engine().restore(values_);
    session.start();
    // The session's own interval has passed: only now is there time to close what is not needed any more.
    running_ = std::move(next);
}

bool Workspace::start(Program program, ScriptText script, const Source& source, std::vector<Entry>& entries) {
    auto next = std::make_unique<Running>(Running{std::move(script), std::move(program), nullptr});
    next->session = create_session(next->program, next->script, source, entries);
    if (next->session == nullptr) {
        if (running_) sink_->set_resolver(&running_->session->engine().resolver());
        return false;
    }
    take_over(std::move(next));
    for (Entry& entry : entries) entry.begun = entry.begun || entry.idle_why.empty();
    return true;
}

bool Workspace::change(std::vector<Entry> entries, const std::vector<unsigned>& fresh, Telling telling) {
    ScriptText script(entries);
    std::string messages;
    std::optional<Source> source;
    std::optional<Program> program = compile_script(script, stepped_ != nullptr, fresh, messages, &source);
    // A clause that was removed gives way to one that uses its names for something else.
    if (!program && std::any_of(entries.begin(), entries.end(), [](const Entry& entry) { return entry.removed; }))
        return change(without_removed(std::move(entries)), fresh, telling);
    if (program || telling == Telling::all) say(messages);
    if (!program) return false;
    program_ = *program;
    if (!paused_) ended_ = false;
    if (!start(std::move(*program), std::move(script), *source, entries)) {
        stop_running();
        paused_ = true;
    }
    for (const Entry& entry : entries) {
        if (entry.idle_why.empty() || std::find(fresh.begin(), fresh.end(), entry.number) == fresh.end()) continue;
        say(entry.idle_message);
    }
    entries_ = std::move(entries);
    return true;
}

void Workspace::enter(std::string_view text, unsigned replaced) {
    if (says_nothing(text)) return;
    const std::vector<TextPart> parts = split_clauses(text);
    const bool clauses = std::any_of(parts.begin(), parts.end(), [](const TextPart& part) { return part.clause; });
    if (clauses || replaced != 0) {
        enter_clauses(text, replaced);
    } else {
        enter_expression(trim(text));
    }
    static_cast<void>(sink_->flush());
}

void Workspace::enter_all(std::span<const std::string> texts) {
    if (texts.empty() || left_) return;
    if (texts.size() == 1) return enter(texts.front());
    if (enter_clauses(joined(texts), 0, Telling::unless_wrong)) return;
    enter_all(texts.first(texts.size() / 2));
    enter_all(texts.subspan(texts.size() / 2));
}

bool Workspace::enter_clauses(std::string_view text, unsigned replaced, Telling telling) {
    std::vector<Entry> entries = entries_;
    auto at = std::find_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.number == replaced; });
    if (at != entries.end()) at = entries.erase(at);
    std::vector<unsigned> fresh;
    unsigned number = next_number_;
    for (TextPart& part : split_clauses(text)) {
        const bool first = replaced != 0 && fresh.empty();
        Entry entry;
        entry.number = first ? replaced : number++;
        entry.text = std::move(part.text);
        entry.clause = part.clause;
        fresh.push_back(entry.number);
        at = entries.insert(at, std::move(entry)) + 1;
    }
    std::vector<Entry> before = entries_;
    if (!change(std::move(entries), fresh, telling)) return false;
    next_number_ = number;
    remember(std::move(before));
    if (std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
            return entry.clause && std::find(fresh.begin(), fresh.end(), entry.number) != fresh.end();
        }))
        note_paused();
    return true;
}

// A clause that has been entered does nothing yet: how it will.
void Workspace::note_paused() {
    if (!paused_ || !has_probes(program_)) return;
    note(capture_.empty() ? std::string("paused: .resume makes clauses live")
                          : fmt::format("`.read` runs the clauses over {}, `.resume` makes them live", capture_));
}

void Workspace::remember(std::vector<Entry> before) {
    constexpr size_t most = 100;
    if (before_changes_.size() == most) before_changes_.erase(before_changes_.begin());
    before_changes_.push_back(std::move(before));
}

Status Workspace::undo() {
    if (before_changes_.empty())
        return fail("there is nothing to undo", ".show lists clauses and variables", ExitStatus::usage);
    std::vector<Entry> entries = before_changes_.back();
    std::string what;
    const auto tell = [&](const Entry& entry, std::string_view how) {
        what += fmt::format("{}{} {} {}", what.empty() ? "" : ", ", entry.clause ? "clause" : "declaration",
                            entry.number, how);
    };
    for (Entry& entry : entries) {
        const Entry* now = find(entry.number);
        if (!entry.removed && (now == nullptr || now->text != entry.text))
            tell(entry, now == nullptr ? "is back" : "is as before");
        if (now != nullptr) entry.begun = now->begun && now->text == entry.text;
    }
    for (const Entry& entry : entries_) {
        const Entry* then = entry_of(entries, entry.number);
        if (!entry.removed && (then == nullptr || then->removed)) tell(entry, "is gone");
    }
    if (change(std::move(entries), {})) {
        before_changes_.pop_back();
        note(what.empty() ? "undone" : "undone: " + what);
    }
    return {};
}

Status Workspace::remove(unsigned number) {
    const Entry* found = find(number);
    if (found == nullptr)
        return fail(fmt::format("there is no clause {}", number), ".show lists them", ExitStatus::usage);
    Entry gone = *found;
    std::vector<Entry> entries = entries_;
    std::erase_if(entries, [&](const Entry& one) { return one.number == number; });
    const std::vector<std::string> before = variable_names();
    std::vector<Entry> entries_before = entries_;
    if (!change(std::move(entries), {})) return {};
    remember(std::move(entries_before));
    const std::vector<std::string> after = variable_names();
    const bool known = std::all_of(before.begin(), before.end(), [&](const std::string& name) {
        return std::find(after.begin(), after.end(), name) != after.end();
    });
    if (!known) keep_removed(std::move(gone));
    return {};
}

// Its variables keep their values, and are known by nothing else.
void Workspace::keep_removed(Entry entry) {
    entry.removed = true;
    std::vector<Entry> entries = entries_;
    entries.push_back(std::move(entry));
    change(std::move(entries), {});
}

void Workspace::stop_running() {
    if (!running_) return;
    if (!stepped_ && !running_->over) {
        timespec now{};
        clock_gettime(CLOCK_REALTIME, &now);
        running_->session->drain(static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 +
                                 static_cast<uint64_t>(now.tv_nsec));
    }
    running_->session->engine().save(values_);
    before_.add(running_->session->snapshot());
    static_cast<void>(sink_->flush());
    sink_->set_resolver(nullptr);
    speaking_ = nullptr;
    running_.reset();
}

bool Workspace::live() const { return running_ && !running_->over && !stepped_ && !paused_ && has_probes(program_); }

Wake Workspace::wait() {
    if (sink_->closed()) return Wake::leave;
    if (running_ && !running_->over && !stepped_) {
        constexpr uint64_t slice_ns = 1'000'000'000;
        if (!running_->session->step(slice_ns)) session_over();
        return wake_.take(0);
    }
    return wake_.take(-1);
}

Status Workspace::watch(const std::function<Status(const Program&, Session&)>& show) {
    if (!live())
        return fail("no clause is live whose values could be watched",
                    has_clauses() ? ".resume attaches probes, and print() shows what an array holds"
                                  : "enter one first, such as: @@net:bpf:any:*:\"\" { n[__pkt->src_addr]++; }",
                    ExitStatus::usage);
    Status shown = show(running_->program, *running_->session);
    static_cast<void>(sink_->flush());
    return shown;
}

void Workspace::session_over() {
    running_->over = true;
    if (sink_->closed()) return;
    if (paused_) return;
    if (running_->session->engine().exit_requested()) {
        running_->session->finish();
        ended_ = true;
        stop_running();
        paused_ = true;
        sink_->message(MessageKind::note, "exit() was called: clauses are paused, .resume goes on");
    } else if (has_probes(running_->program) && std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) {
                   return entry.clause && !entry.removed && entry.idle_why.empty();
               })) {
        sink_->message(MessageKind::note, "no probe is left that could fire, .resume attaches again");
    }
    static_cast<void>(sink_->flush());
}

Status Workspace::pause() {
    if (paused_) return fail("clauses are paused already", ".resume goes on", ExitStatus::usage);
    stop_running();
    stepped_.reset();
    paused_ = true;
    note("paused, .resume goes on");
    return {};
}

Status Workspace::resume() {
    if (!paused_ && running_ && !running_->over && !stepped_)
        return fail("clauses are live already", ".pause stops them", ExitStatus::usage);
    stop_running();
    stepped_.reset();
    paused_ = false;
    std::vector<unsigned> all;
    for (const Entry& entry : entries_) all.push_back(entry.number);
    change(entries_, all);
    if (!paused_) note("clauses are live");
    return {};
}

Status Workspace::load(const std::string& path) {
    const Result<std::string> file = find_script(path);
    if (!file) return file.error();
    if (is_capture_file(*file))
        return fail(fmt::format("`{}` is a capture, not a script", *file),
                    fmt::format("`.read {0}` runs the clauses over it, `.next {0}` steps through its packets", *file),
                    ExitStatus::usage);
    Result<std::string> text = Source::read_file(*file);
    if (!text) return text.error();
    if (says_nothing(*text)) return fail(fmt::format("`{}` holds no clause", path), {}, ExitStatus::usage);
    enter_clauses(*text, 0);
    return {};
}

Status Workspace::save(const std::string& path) const {
    const ScriptText script(without_removed(entries_));
    if (script.text().empty())
        return fail("nothing has been entered yet that could be saved", ".show lists clauses", ExitStatus::usage);
    const auto failed = [&](const Error& why) {
        return fail(fmt::format("cannot write `{}`: {}", path, why.message),
                    why.hint.empty() ? "name another file" : why.hint, ExitStatus::run_time);
    };
    const Result<Handle> file = open_written(path, 0644);
    if (!file) return failed(file.error());
    const Status written = write_all(*file, fmt::format("#!/usr/bin/env probevue\n{}", script.text()));
    return written ? written : failed(written.error());
}

void Workspace::prepare_end() {
    const bool wanted = std::any_of(program_.clauses.begin(), program_.clauses.end(), [](const ClauseCode& clause) {
        return std::any_of(clause.probes.begin(), clause.probes.end(),
                           [](const ProbeRequest& probe) { return probe.kind == ProbeKind::end; });
    });
    if (!running_ && !ended_ && wanted) change(entries_, {});
}

void Workspace::finish() {
    prepare_end();
    if (running_ && !stepped_) {
        if (!running_->over) running_->session->request_stop();
        running_->session->finish();
    }
    static_cast<void>(sink_->flush());
}

std::string Workspace::variables() {
    if (!running_) return describe_variables(values_, nullptr);
    Engine& engine = running_->session->engine();
    SavedValues now;
    engine.save(now);
    std::string out = describe_variables(now, &engine.resolver());
    engine.restore(now);
    return out;
}

std::string Workspace::prompt() const {
    const std::string file = shown(capture_.substr(capture_.rfind('/') + 1));
    if (stepped_) return fmt::format("vue {}:{}> ", file, stepped_->number());
    if (!paused_) return "vue> ";
    return capture_.empty() ? std::string("paused> ") : fmt::format("vue {}> ", file);
}

std::string Workspace::state() const {
    if (stepped_)
        return fmt::format("stepping through {}, at packet {}; .resume goes back to the network\n", stepped_->name(),
                           stepped_->number());
    if (paused_) return "paused; .resume goes on\n";
    return {};
}

std::string Workspace::statistics() {
    Statistics now = before_;
    if (running_) {
        Statistics running = running_->session->snapshot();
        now.add(running);
        now.clauses = std::move(running.clauses);
    }
    return to_text(now);
}

std::vector<std::string> Workspace::variable_names() const {
    std::vector<std::string> out;
    for (const MapDescription& map : program_.maps) {
        for (const VariableDescription& variable : map.variables) out.push_back(variable.name);
        if (map.kind == MapKind::array) out.push_back(map.layout.name);
    }
    for (const RangeDescription& range : program_.ranges) out.push_back(range.name);
    return out;
}

}  // namespace probevue
