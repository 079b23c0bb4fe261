// Writes a state: state.h says what it holds.
#pragma once

#include <xxhash.h>
#include <zstd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/records/sink.h"
#include "runtime/sinks/text_buffer.h"
#include "runtime/state/state.h"

namespace probevue {

struct Machine;

// A line that a clause has printed, or where a group of lines begins or ends.
struct StateLine {
    uint64_t position = 0;  // of its packet in the stream
    RecordOrigin origin = {};
    const RecordLayout* layout = nullptr;  // null: a text, or a section
    const std::byte* payload = nullptr;
    std::string_view text = {};
    std::optional<SectionStep> section = {};
};

class StateWriter {
public:
    // `program` outlives it. `head.of_host()`: windows tell what intervals use; the end tells all else since the
    // beginning of the session, but no tables, which are the host's own.
    StateWriter(const Program& program, const StateHead& head);

    // In the order of the stream.
    void line(const Machine& machine, const StateLine& line);
    // A line of another state, with a new position.
    void line(std::string_view json, uint64_t position);
    // The values of the window that ends here; at the end of the state those of tables too.
    void window(const Machine& machine, const StateWindow& window);
    // The state, compressed. Nothing comes behind it.
    std::string finish(const StateFigures& figures);

private:
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
        void operator()(XXH64_state_t* state) const { XXH64_freeState(state); }
    };

    bool tells(const MergeVariable* planned, bool last) const;
    void variables(const Machine& machine, bool last);
    void variable(const Machine& machine, const VariableDescription& variable, bool last);
    void array(const Machine& machine, uint32_t map);
    void end_line();
    void compress(ZSTD_EndDirective how);

    const Program& program_;
    const bool of_host_;
    TextBuffer text_;
    std::string out_;
    uint64_t lines_ = 0;
    std::unique_ptr<ZSTD_CCtx, Free> context_;
    std::unique_ptr<XXH64_state_t, Free> hash_;
};

// Writes `bytes` to a file of that name at once or not at all: to a temporary name in the same directory, then renamed.
// `-` is standard output. False: its reader has gone away. Error: it cannot be written.
Result<bool> write_state_file(const std::string& path, std::string_view bytes);

// Why values of the program cannot be written down although they can be put together; empty: they can.
std::string state_obstacle(const Program& program);

}  // namespace probevue
