// A state to what --merge prints of it. The first byte says the program, and whether the rest is a file as it lies on
// disk, or the lines of states without their ends: then they are given ends that hold, as whoever writes a state to
// harm would, and the name of the program.
#include <fmt/format.h>
#include <xxhash.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/session/session.h"
#include "runtime/sinks/output.h"
#include "runtime/sinks/text_sink.h"
#include "runtime/state/choose.h"
#include "runtime/state/reader.h"
#include "tests/fuzz/replay.h"

using namespace probevue;
using namespace probevue::fuzz;

namespace {

struct Merger {
    std::string text;
    Program program;
};

const std::vector<Merger>& mergers() {
    static const std::vector<Merger> all = [] {
        std::vector<Merger> out;
        for (const char* name : {"count", "names", "events", "windows"}) {
            std::string text = program_text(name);
            Program program = compiled(name, text);
            out.push_back({std::move(text), std::move(program)});
        }
        return out;
    }();
    return all;
}

// Each line that begins with this ends a state.
constexpr std::string_view end = "{\"end\"";

// The states of a text, with ends that hold.
std::string ended(std::string_view text) {
    std::string out;
    std::string state;
    uint64_t lines = 0;
    const auto finish = [&] {
        out += state;
        out += fmt::format("{{\"end\":{},\"hash\":\"{:016x}\",\"figures\":{{}},\"clauses\":[[1,1]]}}\n", lines,
                           XXH64(state.data(), state.size(), 0));
        state.clear();
        lines = 0;
    };
    while (!text.empty()) {
        const size_t newline = std::min(text.find('\n'), text.size() - 1);
        std::string_view line = text.substr(0, newline + 1);
        text.remove_prefix(line.size());
        if (line.starts_with(end)) {
            finish();
            continue;
        }
        state += line;
        if (!state.ends_with('\n')) state += '\n';
        ++lines;
    }
    if (lines != 0) finish();
    return out;
}

Result<std::vector<StateText>> states_of(std::string_view text) {
    std::vector<StateText> out;
    do {
        Result<StateText> state = take_state("fuzz.pvs", text);
        if (!state) return state.error();
        out.push_back(std::move(*state));
    } while (!text.empty());
    return out;
}

void merge(const Merger& merger, std::vector<StateText> states) {
    const Program& program = merger.program;
    const std::string hash = program_hash(program, merger.text);
    for (StateText& state : states) state.head.program = hash;
    const bool tables = program.merge.merge_class() > MergeClass::window;
    Result<ChosenStates> chosen =
        choose_states(std::move(states), {hash, {}, tables, false, program.merge.tells_in_pieces()});
    if (!chosen) return;
    SessionOptions options;
    options.engine.max_elements = 4096;
    options.engine.max_summaries = 1 << 20;
    SinkOptions look;
    look.resolve_names = false;
    TextSink sink(std::make_unique<MemoryOutput>(), look);
    std::vector<Problem> problems;
    const std::unique_ptr<Session> session = Session::create_merged(
        program, std::move(options), sink,
        {std::move(chosen->states), std::move(chosen->older), chosen->missing, {}, nullptr}, problems);
    if (session == nullptr) {
        if (problems.empty()) found("states are refused without a message");
        return;
    }
    session->run();
    static_cast<void>(sink.flush());
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    mergers();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile file;
    Input input(data, size);
    const uint8_t choice = input.byte();
    const Merger& merger = mergers()[choice / 2 % mergers().size()];
    const bool is_file = choice % 2 != 0;
    if (is_file) file.set(input.rest());
    Result<std::vector<StateText>> states = is_file ? read_states(file.path()) : states_of(ended(input.rest_as_text()));
    if (states) merge(merger, std::move(*states));
    return 0;
}
