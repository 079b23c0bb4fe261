// What is typed or piped into an interactive session: clauses, declarations, expressions and commands, from bytes to
// what is printed, with a capture open, so that nothing is live. Commands that make clauses live, name files or want a
// terminal are left out.
#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "builtins/base/text.h"
#include "runtime/list/script_text.h"
#include "runtime/repl/commands.h"
#include "runtime/repl/reader.h"
#include "runtime/repl/workspace.h"
#include "runtime/sinks/json_sink.h"
#include "runtime/sinks/output.h"
#include "runtime/sinks/text_sink.h"
#include "tests/fuzz/fuzz.h"

using namespace probevue;
using namespace probevue::fuzz;

namespace {

std::unique_ptr<Sink> make_sink(OutputFormat format) {
    SinkOptions options;
    options.resolve_names = false;
    options.data_on_terminal = true;
    if (format == OutputFormat::json)
        return std::make_unique<JsonSink>(std::make_unique<MemoryOutput>(), std::move(options));
    return std::make_unique<TextSink>(std::make_unique<MemoryOutput>(), std::move(options));
}

// Commands that stay within the session; of some only the form without a file.
bool is_harmless(std::string_view command) {
    constexpr auto with_anything = std::to_array<std::string_view>(
        {".help", ".show", ".del", ".edit", ".undo", ".stats", ".format", ".quit", ".pause", ".nothing"});
    constexpr auto alone = std::to_array<std::string_view>({".read", ".next"});
    const std::string_view word = command.substr(0, command.find_first_of(" \t\n"));
    return std::find(with_anything.begin(), with_anything.end(), word) != with_anything.end() ||
           std::find(alone.begin(), alone.end(), command) != alone.end();
}

class Typist {
public:
    Typist(Workspace& workspace) : workspace_(workspace) {}

    // False: the session is over.
    bool enter(const std::string& text) {
        if (replaced_ != 0 && !is_command(text)) {
            workspace_.enter(text, std::exchange(replaced_, 0));
            return !workspace_.left();
        }
        for (const std::string& entry : split_entries(text)) {
            if (is_command(entry) || is_bare_command(entry, workspace_.variable_names())) {
                if (is_harmless(trim(entry))) command(entry);
            } else {
                workspace_.enter(entry);
            }
            if (quit_ || workspace_.left()) return false;
        }
        return true;
    }

private:
    void command(const std::string& text) {
        CommandContext context{
            .workspace = workspace_,
            .edit = [this](unsigned number, const std::string&) { replaced_ = number; },
            .set_format = [this](OutputFormat format) { workspace_.set_sink(make_sink(format), true); },
            .watch = [](std::string_view) { return Status(); },
            .ask = [](std::string, std::function<void()>) { return false; },
        };
        run_session_command(context, text);
        quit_ = context.quit;
    }

    Workspace& workspace_;
    unsigned replaced_ = 0;
    bool quit_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile file;
    static WakeUp wake(file.descriptor());
    static const Options options;
    file.set({data, size});
    Workspace workspace(options, make_sink(OutputFormat::text), true, wake);
    if (!workspace.open(PROBEVUE_SOURCE_DIR "/tests/data/dns.pcap")) found("the capture is not there");
    ReaderHost host;
    host.wait = [] { return Wake::input; };
    const std::unique_ptr<EntryReader> reader = make_pipe_reader(file.descriptor(), std::move(host));
    Typist typist(workspace);
    std::string text;
    for (int entries = 0; entries < 24; ++entries) {
        if (reader->read(text) != EntryReader::Got::entry || !typist.enter(text)) break;
    }
    workspace.finish();
    return 0;
}
