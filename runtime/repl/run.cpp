// Workspace: expressions at the prompt, and captures.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "builtins/base/text.h"
#include "builtins/builtin.h"
#include "builtins/event.h"
#include "runtime/list/script_text.h"
#include "runtime/repl/value.h"
#include "runtime/repl/workspace.h"

namespace probevue {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view first_word(std::string_view text) {
    size_t end = 0;
    while (end < text.size() && is_word(text[end])) ++end;
    return text.substr(0, end);
}

bool is_operator(std::string_view word) { return word == "and" || word == "or" || word == "not" || word == "sizeof"; }

// `int x`, `struct s {`, `String name[20]`: two words in a row stand in no expression, but for operators that are
// words. An enumeration may go without a name, and a line for the preprocessor is for what follows it.
bool looks_like_declaration(std::string_view text) {
    if (text.starts_with('#')) return true;
    const std::string_view word = first_word(text);
    const std::string_view rest = trim(text.substr(word.size()));
    if (word.empty() || rest.empty()) return false;
    if (word == "enum" && rest.front() == '{') return true;
    const bool is_number = std::isdigit(static_cast<unsigned char>(word.front())) != 0;
    return !is_number && !is_operator(word) && word != "if" && is_word(rest.front()) && !is_operator(first_word(rest));
}

// What is no expression, also without its semicolon.
bool begins_statement(std::string_view text) {
    const std::string_view word = first_word(text);
    return word == "for" || word == "while" || word == "do" || word == "if" || word == "switch";
}

std::vector<std::string> names_of(const Program& program) {
    std::vector<std::string> out;
    for (const MapDescription& map : program.maps) {
        for (const VariableDescription& variable : map.variables) out.push_back(variable.name);
        if (map.kind == MapKind::array) out.push_back(map.layout.name);
    }
    for (const RangeDescription& range : program.ranges) out.push_back(range.name);
    return out;
}

// The engine wants its sink first, and the sink the engine's resolver.
class LateResolver final : public Resolver {
public:
    Resolver* to = nullptr;
    std::string_view host_name(const std::byte* address) override { return to->host_name(address); }
    std::string path(uint64_t identifier) override { return to->path(identifier); }
    std::string stack(uint64_t identifier, bool symbols) override { return to->stack(identifier, symbols); }
    std::string folded_stack(uint64_t identifier) override { return to->folded_stack(identifier); }
    std::vector<RangeSlotView> range_slots(uint64_t handle) override { return to->range_slots(handle); }
    const Distribution* distribution(uint64_t handle) override { return to->distribution(handle); }
    uint64_t distinct(uint64_t handle) override { return to->distinct(handle); }
};

bool is_plain_file(const std::string& path) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

Error no_file(const std::string& path) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0)
        return fail(fmt::format("cannot read `{}`: {}", path, std::strerror(errno)),
                    "give the path of a pcap or pcapng file", ExitStatus::usage);
    return fail(fmt::format("`{}` is no file", path), "give the path of a pcap or pcapng file", ExitStatus::usage);
}

// Does the compiler say that the events of a probe do not have what is asked for?
bool is_out_of_place(std::string_view messages) {
    return messages.find(" has no meaning in ") != std::string_view::npos ||
           messages.find(" is never filled with protocol ") != std::string_view::npos;
}

// Said of what only packets have, when the one at hand does not.
std::optional<Error> lacks_packet(std::string_view text, bool seen) {
    for (const BuiltinRow& row : builtin_rows()) {
        if (row.protocols == 0 && !std::holds_alternative<PacketField>(row.from)) continue;
        if (!text.starts_with(row.name) || (text.size() > row.name.size() && is_word(text[row.name.size()]))) continue;
        return seen ? fail(fmt::format("the packet at hand has no `{}`", row.name), ".next shows the one behind it",
                           ExitStatus::usage)
                    : fail(fmt::format("`{}` is of a packet, and none has been seen yet", row.name),
                           ".next FILE steps through the packets of a capture", ExitStatus::usage);
    }
    return std::nullopt;
}

}  // namespace

bool Workspace::try_expression(std::string_view text, std::string_view before, std::string_view after,
                               std::string& messages) {
    // Lines of their own for the wrapping: messages show the expression as it was typed.
    const ScriptText script(entries_, fmt::format("{}\n{}\n{}", before, text, after), 1);
    const std::optional<Program> program = compile_script(script, stepped_ != nullptr, {}, messages);
    if (!program) return false;
    say(messages);
    evaluate(*program, script, text);
    return true;
}

// What only a packet has, of the one that was seen last. `messages`: what is wrong with it where a packet has all that
// it asks for.
bool Workspace::try_on_last_packet(std::string_view text, std::string& messages) {
    if (last_.empty()) return false;
    LayerParser parser;
    EngineContext context;
    const ProtocolSet carried = last_.fill(parser, context);
    return std::any_of(protocols().rbegin(), protocols().rend(), [&](const ProtocolRow& row) {
        if ((carried & static_cast<ProtocolSet>(row.protocol)) == 0) return false;
        const std::string probe = fmt::format("@@net:bpf:any:{}:\"\" {{", row.name);
        std::string said;
        std::string ignored;
        if (try_expression(text, probe + " trace(", "); }", said) || try_expression(text, probe, "; }", ignored))
            return true;
        if (messages.empty() && !is_out_of_place(said)) messages = said;
        return false;
    });
}

bool Workspace::try_declaration(std::string_view text) {
    std::vector<Entry> entries = entries_;
    Entry& added = entries.emplace_back();
    added.number = next_number_;
    added.text = text;
    std::string ignored;
    if (!compile_script(ScriptText(entries), stepped_ != nullptr, {next_number_}, ignored)) return false;
    ++next_number_;
    const unsigned number = next_number_ - 1;
    std::vector<Entry> before = entries_;
    if (change(std::move(entries), {number})) remember(std::move(before));
    return true;
}

void Workspace::enter_expression(std::string_view text) {
    std::string declaration(text);
    if (looks_like_declaration(text)) {
        if (!declaration.ends_with(';') && !declaration.starts_with('#')) declaration += ';';
        if (!try_declaration(declaration)) enter_clauses(declaration, 0);
        return;
    }
    const bool ended = text.ends_with(';') || text.ends_with('}');
    std::string messages;
    if (ended || begins_statement(text)) {
        if (!try_expression(text, "@@BEGIN {", ended ? "}" : "; }", messages)) say(messages);
        return;
    }
    const std::vector<std::string> names = variable_names();
    const bool name_alone =
        first_word(text).size() == text.size() && std::find(names.begin(), names.end(), text) != names.end();
    std::string ignored;
    if (name_alone && try_expression(text, "@@BEGIN { print(", "); }", ignored)) return;
    // Calls without a value, print(a) for one, are statements.
    if (try_expression(text, "@@BEGIN { trace(", "); }", messages)) return;
    std::string of_packet;
    if (try_expression(text, "@@BEGIN {", "; }", ignored) || try_on_last_packet(text, of_packet)) return;
    const bool wants_packet = is_out_of_place(messages);
    if (wants_packet && !of_packet.empty()) return say(of_packet);
    const std::optional<Error> lacking = lacks_packet(text, !last_.empty());
    if (lacking && wants_packet) return say(*lacking);
    say(messages);
}

// Runs the last clause of a program on the variables of the session.
void Workspace::evaluate(const Program& program, const ScriptText& script, std::string_view text) {
    EngineOptions options = session_options().engine;
    options.live = true;
    Session* const session = running_ ? running_->session.get() : nullptr;
    Sink& out = *sink_;
    {
        LateResolver resolver;
        const std::unique_ptr<Sink> values = make_value_sink(out, resolver);
        Result<std::unique_ptr<Engine>> engine = Engine::create(program, options, *values);
        if (!engine) return say(engine.error());
        resolver.to = &(*engine)->resolver();
        if (session != nullptr) session->engine().save(values_);
        (*engine)->restore(values_);
        out.set_resolver(resolver.to);
        const size_t last = program.clauses.size() - 1;
        const ProbeRequest& probe = program.clauses[last].probes.front();
        const bool of_packet = probe.kind != ProbeKind::begin;
        timespec now{};
        clock_gettime(CLOCK_REALTIME, &now);
        const std::vector<std::byte> own = of_packet ? std::vector<std::byte>() : own_event_frame();
        EngineContext context;
        LayerParser parser;
        if (of_packet) {
            last_.fill(parser, context);
        } else {
            clear_layers(context);
            context.fields = reinterpret_cast<uintptr_t>(own.data());
            context.time_ns = static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
        }
        context.probe = probe.site;
        const ScriptText* const speaking = std::exchange(speaking_, &script);
        (*engine)->run(last, context, RecordOrigin{context.time_ns, 0, 0, probe.text});
        static_cast<void>(out.flush());
        speaking_ = speaking;
        (*engine)->save(values_);
        if (session != nullptr) session->engine().restore(values_);
        out.set_resolver(session != nullptr ? &session->engine().resolver() : nullptr);
        left_ = left_ || (*engine)->exit_requested();
    }
    keep_assignment(text, program);
}

// What gives a new variable its first value belongs to the script: later clauses know the variable by it.
void Workspace::keep_assignment(std::string_view text, const Program& program) {
    const std::vector<std::string> before = variable_names();
    const std::vector<std::string> after = names_of(program);
    const auto added = std::find_if(after.begin(), after.end(), [&](const std::string& name) {
        return std::find(before.begin(), before.end(), name) == before.end();
    });
    if (added == after.end() || left_) return;
    if (program.clauses.back().probes.front().kind != ProbeKind::begin) {
        return say(
            fail(fmt::format("`{}` is not kept: a session has its new variables before there is a packet", *added),
                 "declare it first, as in `long long n;`, or give it its value in a clause", ExitStatus::usage));
    }
    std::string body(text);
    if (!body.ends_with(';') && !body.ends_with('}')) body += ';';
    std::vector<Entry> entries = entries_;
    const unsigned number = next_number_;
    Entry& entry = entries.emplace_back();
    entry.number = number;
    entry.text = fmt::format("@@BEGIN {{ {} }}", body);
    entry.clause = true;
    entry.begun = true;
    std::vector<Entry> entries_before = entries_;
    if (!change(std::move(entries), {})) return;
    ++next_number_;
    remember(std::move(entries_before));
}

void Workspace::replay(Session& session) {
    session.start();
    while (session.step(0)) {
        const Wake signal = wake_.take_signal();
        if (signal == Wake::interrupt || signal == Wake::leave) {
            sink_->message(MessageKind::note, "stopped before the end of the capture");
            session.request_stop();
        }
        left_ = left_ || signal == Wake::leave;
    }
    session.finish();
}

bool Workspace::has_clauses() const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [](const Entry& entry) { return entry.clause && !entry.removed; });
}

Status Workspace::open(const std::string& path) {
    if (!is_plain_file(path)) return no_file(path);
    if (auto reader = CaptureReader::open(path); !reader) return reader.error();
    capture_ = path;
    paused_ = true;
    return {};
}

Status Workspace::read(const std::string& named) {
    const std::string path = named.empty() ? capture_ : named;
    if (path.empty())
        return fail("no capture to run over", ".read FILE runs all clauses over that one", ExitStatus::usage);
    if (!is_plain_file(path)) return no_file(path);
    if (!has_clauses())
        return fail("there is no clause yet that could run over it",
                    fmt::format("enter one first, such as: @@net:bpf:any:*:\"\" {{ packets++; }}; `.next {}` steps "
                                "through its packets",
                                path),
                    ExitStatus::usage);
    const ScriptText script(entries_);
    std::string messages;
    std::optional<Source> source;
    std::optional<Program> program = compile_script(script, true, {}, messages, &source);
    say(messages);
    if (!program) return {};
    SessionOptions options = session_options();
    options.replay = {path};
    options.tap = &last_;
    for (const ClauseCode& clause : program->clauses) {
        const Entry* entry = entry_of(entries_, script.entry_at(clause.position.line));
        options.uses.push_back(entry != nullptr && entry->removed ? ClauseUse::idle : ClauseUse::whole);
    }
    std::vector<Problem> problems;
    const bool was_live = live();
    std::unique_ptr<Session> session = Session::create(*program, std::move(options), *sink_, problems);
    if (session == nullptr) {
        sink_->set_resolver(running_ ? &running_->session->engine().resolver() : nullptr);
        tell(problems, *program, script, *source, {});
        return {};
    }
    stop_running();
    stepped_.reset();
    sink_->set_resolver(&session->engine().resolver());
    values_ = SavedValues{};
    speaking_ = &script;
    replay(*session);
    session->engine().save(values_);
    before_.add(session->snapshot());
    static_cast<void>(sink_->flush());
    sink_->set_resolver(nullptr);
    speaking_ = nullptr;
    capture_ = path;
    paused_ = true;
    ended_ = true;
    for (Entry& entry : entries_) entry.begun = true;
    if (was_live)
        note(fmt::format("variables hold the results of {}; live probes are paused, .resume goes on with them", path));
    return {};
}

Status Workspace::next(const std::string& path) {
    if (!path.empty() || !stepped_) {
        const std::string file = path.empty() ? capture_ : path;
        if (file.empty())
            return fail("no capture to step through", ".next FILE begins with its first packet", ExitStatus::usage);
        if (!is_plain_file(file)) return no_file(file);
        Result<std::unique_ptr<SteppedCapture>> opened = SteppedCapture::open(file);
        if (!opened) return opened.error();
        if (!(*opened)->advance())
            return (*opened)->status() ? Status(fail(fmt::format("{} holds no packet", file))) : (*opened)->status();
        const bool was_live = live();
        stop_running();
        values_ = SavedValues{};
        stepped_ = std::move(*opened);
        capture_ = file;
        paused_ = false;
        for (Entry& entry : entries_) entry.begun = false;
        change(entries_, {});
        if (was_live) note("live probes are parked while you step through the capture; .resume goes back to them");
    } else if (!stepped_->advance()) {
        if (!stepped_->status()) return stepped_->status();
        return fail(fmt::format("that was the last packet of {}", stepped_->name()), ".next FILE begins anew",
                    ExitStatus::usage);
    }
    last_.packet(stepped_->packet(), stepped_->interface());
    say(fmt::format("packet {}: {}", stepped_->number(), last_.text()));
    while (running_ && stepped_ && stepped_->waits() && wake_.take_signal() != Wake::interrupt) {
        if (running_->session->step(0)) continue;
        session_over();
        break;
    }
    static_cast<void>(sink_->flush());
    return {};
}

}  // namespace probevue
