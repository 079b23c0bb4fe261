// Sink: where records end. All that reaches a user passes here, in time order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/program/record.h"
#include "compiler/program/table.h"
#include "runtime/values/distribution.h"

namespace probevue {

// What a record belongs to; for the prefixes of `-c timestamp=` and for JSON.
struct RecordOrigin {
    uint64_t time_ns = 0;  // CLOCK_REALTIME
    int64_t pid = 0;       // 0 when the event has no process
    int64_t tid = 0;
    std::string_view probe = {};  // the tuple as written
};

// An element of an associative array; both addresses stay valid during the call only.
struct ElementView {
    const std::byte* key = nullptr;
    const std::byte* value = nullptr;
};

// The slots of a range value, ready for printing.
struct RangeSlotView {
    std::string label;  // "0 - 10", "read,write,open"
    uint64_t count = 0;
    std::optional<int64_t> to = {};  // of slots of numbers: the greatest one in it
};

// Turns identifiers and handles into text when a record is printed, not when it is made.
class Resolver {
public:
    virtual ~Resolver() = default;
    // %H: an IpAddress; numeric when it has no name. Valid until the next call.
    virtual std::string_view host_name(const std::byte* ip_address) = 0;
    virtual std::string path(uint64_t identifier) = 0;                 // %p
    virtual std::string stack(uint64_t identifier, bool symbols) = 0;  // %t, %T
    // The functions of a stack for flame graphs: folded_stack() of runtime/engine/stack.h.
    virtual std::string folded_stack(uint64_t identifier) = 0;
    virtual std::vector<RangeSlotView> range_slots(uint64_t handle) = 0;  // value of a range-valued element
    // Value of an element of type dist_t; null when nothing has been counted. Valid until the next event is handled.
    virtual const Distribution* distribution(uint64_t handle) = 0;
    // Value of an element of type distinct_t: how many there are.
    virtual uint64_t distinct(uint64_t handle) = 0;
};

// One figure of --stats: `name` in lower case with underscores (a JSON key), `unit` empty for plain counts, else "ns"
// or "bytes".
struct Statistic {
    std::string_view name;
    uint64_t value = 0;
    std::string_view unit = {};
};

enum class MessageKind : uint8_t { note, warning, error };

// Where output begins or ends that goes its own way: a group stays together, tentative output (Sections, runtime/sinks)
// is held back under its identifier until it is committed. Both hold what sinks have made of records, not records:
// handles and elements mean something only at the moment of the call.
enum class SectionStep : uint8_t {
    group_start,  // groups may nest
    group_end,
    tentative_start,
    tentative_end,
    tentative_commit,
    tentative_discard,
    end_of_clause,  // open groups and tentative sections of the clause end with it
};

class Sink {
public:
    virtual ~Sink() = default;

    virtual void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) = 0;
    virtual void array(const ArrayLayout& layout, std::span<const ElementView> elements,
                       const ArrayPrintOptions& options, const RecordOrigin& origin) = 0;
    // print_table(): each row is a payload of `layout.row`, which stays valid during the call only; in no order.
    virtual void table(const TableLayout& layout, std::span<const std::byte* const> rows,
                       const RecordOrigin& origin) = 0;
    // Ready text: stktrace(), ptree(), print_args().
    virtual void text(std::string_view text, const RecordOrigin& origin) = 0;
    // About the session, not data: goes to standard error (text) or into the stream (json).
    virtual void message(MessageKind kind, std::string_view text) = 0;
    // --stats, once at the end: to standard error (text) or into the stream (json).
    virtual void statistics(std::span<const Statistic> /*figures*/) {}
    // The session is over, and these are its figures, whether or not --stats asks for them: the last that comes before
    // flush(). For what is written as a whole.
    virtual void end(std::span<const Statistic> /*figures*/) {}
    // Who resolves paths, stacks, names and ranges. The engine makes it after the sink; it must outlive the sink's last
    // call that prints. Without one (nullptr) identifiers print as hexadecimal numbers, hosts as addresses.
    virtual void set_resolver(Resolver* /*resolver*/) {}
    // Start of the session for %W and `-c timestamp=0`, CLOCK_REALTIME; without one the time of the first record
    // counts.
    virtual void set_start(uint64_t /*time_ns*/) {}
    // Format of %A, as set_date_format() of the script says.
    virtual void set_date_format(std::string_view /*format*/) {}
    // `id` is that of tentative output, else empty.
    virtual void section(SectionStep /*step*/, std::string_view /*id*/) {}

    // Writes what is buffered. Errors: the output was closed (status ok: a quiet end) or cannot be written.
    virtual Status flush() = 0;
    virtual bool closed() const = 0;  // the reader of the output has gone away
    // Records lost here: tentative output beyond the memory for it.
    virtual uint64_t lost() const { return 0; }
};

}  // namespace probevue
