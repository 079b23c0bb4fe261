// The work of an interactive session: clauses that are live as soon as they are entered, and variables that outlive
// them.
//
// With each entry the whole script is compiled anew and a new Session takes over from the one before, without losing or
// repeating packets; values move to it by name and type.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/saved_values.h"
#include "runtime/kernel/facts.h"
#include "runtime/kernel/network.h"
#include "runtime/options/options.h"
#include "runtime/repl/packet.h"
#include "runtime/repl/script.h"
#include "runtime/repl/wait.h"
#include "runtime/session/session.h"

namespace probevue {

class Workspace {
public:
    // What the session prints goes to `sink`; `steerable` as of set_sink(). `wake`: what interrupts waiting and
    // replays.
    Workspace(const Options& options, std::unique_ptr<Sink> sink, bool steerable, WakeUp& wake);
    ~Workspace();
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    // Clauses, declarations, or an expression. With `replaced` not 0 it takes the place of that entry.
    void enter(std::string_view text, unsigned replaced = 0);
    // Many of them at once, in order: the script is compiled once for all, and again for parts only when some are
    // wrong.
    void enter_all(std::span<const std::string> texts);
    Status remove(unsigned number);
    // Takes the last change of the clauses back: entered, removed, edited or loaded. Variables keep their values.
    Status undo();
    // Whose events and packets live clauses see; before the first of them.
    void set_network(NetworkChoice network) { network_ = std::move(network); }
    const Entry* find(unsigned number) const;
    const std::vector<Entry>& entries() const { return entries_; }

    // Lets live clauses run until something wakes the session.
    Wake wait();

    Status pause();
    Status resume();
    Status load(const std::string& path);
    Status save(const std::string& path) const;
    // What stands before the line that is typed: it tells what clauses are about, `vue> `, `paused> `, `vue web.pcap:2>
    // `.
    std::string prompt() const;
    // Makes it the capture that `.read` and `.next` mean. Clauses are paused: who names a capture wants no live
    // packets.
    Status open(const std::string& path);
    // Runs all clauses over a capture, from fresh variables; an empty path is the one before.
    Status read(const std::string& path);
    // Steps through a capture; an empty path goes on with the one before.
    Status next(const std::string& path);
    // END clauses.
    void finish();

    std::string variables();
    std::string state() const;
    std::string statistics();
    const KeptPacket& last_packet() const { return last_; }
    // For completion: names of variables and arrays.
    std::vector<std::string> variable_names() const;
    // What the running kernel has; read when it is first asked.
    const RunningKernel& kernel();

    // `steerable`: it is text for a terminal.
    void set_sink(std::unique_ptr<Sink> sink, bool steerable);
    void set_wrap(std::function<std::string(std::string_view)> wrap) { wrap_ = std::move(wrap); }
    Sink& sink() { return *sink_; }
    // Text of the session itself, in order with what clauses print; lines that are too long are broken by `wrap`.
    void say(std::string_view text);
    void say(const Error& error);
    // The same of text that holds what comes from outside (scripts, files, interfaces, packets), and none of our
    // colours: on a terminal nothing in it steers that.
    void list(std::string_view text);
    // About the session: on standard error when there is no terminal.
    void note(std::string_view text);

    // Lets `show` run what is live, for the time that it takes. Errors: nothing is.
    Status watch(const std::function<Status(const Program&, Session&)>& show);
    // Probes are enabled.
    bool live() const;
    // There is a clause that has not been removed.
    bool has_clauses() const;
    // exit() was called at the prompt.
    bool left() const { return left_; }

private:
    // What goes out, with the places of messages as the user knows them.
    class PlacingSink;
    // A compiled script and what runs it.
    struct Running {
        ScriptText script;
        Program program;
        std::unique_ptr<Session> session;
        bool over = false;  // nothing can happen any more
    };

    std::optional<Program> compile_script(const ScriptText& script, bool replay, const std::vector<unsigned>& fresh,
                                          std::string& messages, std::optional<Source>* source = nullptr);
    // Compiles and takes over; false, with messages told, when the script is wrong: nothing has changed then.
    enum class Telling : uint8_t { all, unless_wrong };
    bool change(std::vector<Entry> entries, const std::vector<unsigned>& fresh, Telling telling = Telling::all);
    bool start(Program program, ScriptText script, const Source& source, std::vector<Entry>& entries);
    std::unique_ptr<Session> create_session(const Program& program, const ScriptText& script, const Source& source,
                                            std::vector<Entry>& entries);
    void take_over(std::unique_ptr<Running> next);
    void stop_running();
    void session_over();
    SessionOptions session_options() const;

    void keep_removed(Entry entry);
    bool enter_clauses(std::string_view text, unsigned replaced, Telling telling = Telling::all);
    void enter_expression(std::string_view text);
    bool try_declaration(std::string_view text);
    bool try_expression(std::string_view text, std::string_view before, std::string_view after, std::string& messages);
    bool try_on_last_packet(std::string_view text, std::string& messages);
    void evaluate(const Program& program, const ScriptText& script, std::string_view text);
    void keep_assignment(std::string_view text, const Program& program);
    void replay(Session& session);
    // Makes END clauses run that no exit() and no replay has run, when nothing is live.
    void prepare_end();
    void tell(const std::vector<Problem>& problems, const Program& program, const ScriptText& script,
              const Source& source, const std::vector<unsigned>& fresh);
    void remember(std::vector<Entry> before);
    void note_paused();

    const Options& options_;
    const ScriptText* speaking_ = nullptr;  // the script whose program runs: places in messages are of it
    std::unique_ptr<Sink> sink_;
    std::function<std::string(std::string_view)> wrap_;
    bool steerable_;
    std::unique_ptr<RunningKernel> kernel_;  // read once, with the first clause that asks for it
    WakeUp& wake_;
    NetworkChoice network_;
    std::vector<Entry> entries_;
    std::vector<std::vector<Entry>> before_changes_;  // for .undo, the last of them at the end
    unsigned next_number_ = 1;
    Program program_;  // of the entries, for names; also while nothing runs
    std::unique_ptr<Running> running_;
    SavedValues values_;  // while nothing runs, and of variables that no program has at the moment
    Statistics before_;   // of sessions that are over
    std::unique_ptr<SteppedCapture> stepped_;
    std::string capture_;  // the one that was named last
    KeptPacket last_;
    bool paused_ = false;
    bool ended_ = false;  // END clauses have run since clauses were live last
    bool left_ = false;
};

}  // namespace probevue
