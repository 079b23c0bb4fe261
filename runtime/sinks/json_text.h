// JSON texts (RFC 8259), written straight into a buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "compiler/program/record.h"
#include "runtime/sinks/fields.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {

// The elements of a JSON array behind its opening bracket, and the closing one.
template <typename Items, typename Append>
void append_all(TextBuffer& to, const Items& items, Append&& append) {
    bool first = true;
    for (const auto& item : items) {
        if (!first) to.push(',');
        first = false;
        append(item);
    }
    to.push(']');
}

// A string with its quotes. Bytes that are no valid UTF-8 become \ufffd, one for each maximal part (as the Unicode
// standard advises), control characters escapes; all else stays as it is.
void append_json_string(TextBuffer& to, std::string_view text);

// A value by its kind, see docs/json-output.md. Integers are written exactly, with all their digits.
class JsonValues {
public:
    explicit JsonValues(const Names& names) : names_(names) {}

    void append(TextBuffer& to, const RecordField& field, const std::byte* at, uint8_t list_values);
    void append_time(TextBuffer& to, uint64_t time_ns);

private:
    void append_list(TextBuffer& to, const ListValue& list, uint8_t wanted) const;
    void append_range(TextBuffer& to, uint64_t handle) const;
    void append_distribution(TextBuffer& to, uint64_t handle) const;
    void append_stack(TextBuffer& to, uint64_t identifier) const;

    const Names& names_;
    UtcDate date_;
};

}  // namespace probevue
