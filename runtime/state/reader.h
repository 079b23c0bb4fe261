// Reads states: whole ones alone, each line to who wants it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/records/sink.h"
#include "runtime/state/state.h"

namespace probevue {

struct Machine;

// A state in memory: its text, checked against its own end.
struct StateText {
    std::string name;  // of its file, and which state of it
    std::string text;  // with room behind it, as the parser wants it
    size_t size = 0;   // bytes of text
    StateHead head;
    StateFigures figures;
};

// Of a stream without a packet or event.
inline bool is_empty(const StateText& state) {
    return state.head.begin_ns == 0 && std::all_of(state.figures.figures.begin(), state.figures.figures.end(),
                                                   [](const auto& figure) { return figure.second == 0; });
}

// The states of a file (or of standard input, `-`), one after the other. Errors: it cannot be read; it is no state; it
// is of another version; it is cut off or has been changed. The message names the file, and what to do.
Result<std::vector<StateText>> read_states(const std::string& path);

// The state that begins the text; `text` is what is left behind it. Errors as above.
Result<StateText> take_state(const std::string& name, std::string_view& text);

// A line that a clause has printed.
struct PrintedLine {
    uint64_t position = 0;
    uint64_t time_ns = 0;
    std::string_view json;  // the line of the state
};

// A window of a state, or what comes behind the last one.
struct StateSection {
    std::vector<PrintedLine> printed;
    std::vector<std::string_view> values;  // lines of variables, arrays and their elements
    StateWindow end;
};

// Error: a line that no state has.
Result<std::vector<StateSection>> sections_of(const StateText& state);

// Adds the values of a section to the machine's. Error: a line that does not fit the program, or a key of a table that
// the machine has already.
Status add_values(const StateText& state, const StateSection& section, Machine& machine);

// A line as it left the engine.
struct ReadLine {
    RecordOrigin origin;
    std::string probe;                     // what origin.probe refers to
    const RecordLayout* layout = nullptr;  // null: text, or a section
    std::vector<uint64_t> payload;
    std::string text;
    std::optional<SectionStep> section;
};
class LineReader {
public:
    LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;
    ~LineReader();
    // Error: a line that does not fit the program.
    Status read(const StateText& state, const PrintedLine& line, Machine& machine, ReadLine& out);

private:
    struct Parser;  // its memory is used again for each line
    std::unique_ptr<Parser> parser_;
};

}  // namespace probevue
