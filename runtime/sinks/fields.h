// Reading the values of a payload, and their natural text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/address.h"
#include "compiler/program/record.h"
#include "runtime/records/sink.h"
#include "runtime/sinks/dates.h"
#include "runtime/sinks/text_buffer.h"
#include "runtime/values/list.h"

namespace probevue {

template <typename T>
T load(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
}

// A String's characters: all up to the first NUL, or the whole field.
inline std::string_view load_string(const std::byte* from, uint32_t size) {
    const auto* text = reinterpret_cast<const char*>(from);
    return {text, strnlen(text, size)};
}

void append_unsigned(TextBuffer& to, uint64_t value);
void append_signed(TextBuffer& to, int64_t value);
// The shortest text that reads back as the same number; `inf`, `nan`.
void append_double(TextBuffer& to, double value);
// `0x` and as many lower-case digits as the number has.
void append_hex(TextBuffer& to, uint64_t value);
// Two lower-case digits a byte, in the order of memory.
void append_hex_bytes(TextBuffer& to, const std::byte* bytes, size_t size);
void append_ip(TextBuffer& to, const std::byte* address);
void append_mac(TextBuffer& to, uint64_t mac);

// Names and paths by the engine's Resolver, or in their numeric form when there is none.
class Names {
public:
    explicit Names(bool resolve_hosts) : resolve_hosts_(resolve_hosts) {}
    void set_resolver(Resolver* resolver) { resolver_ = resolver; }

    void append_host(TextBuffer& to, const std::byte* address) const;
    std::string path(uint64_t identifier) const;
    // One frame a line, each line ended.
    std::string stack(uint64_t identifier, bool symbols) const;
    std::string folded_stack(uint64_t identifier) const;
    std::vector<RangeSlotView> range(uint64_t handle) const;
    const Distribution* distribution(uint64_t handle) const;  // null: nothing has been counted
    uint64_t distinct(uint64_t handle) const;

private:
    Resolver* resolver_ = nullptr;
    bool resolve_hosts_;
};

// All that turning values into text needs besides the value.
struct TextContext {
    Names names;
    DateFormat date;
    uint64_t start_ns = 0;
    bool si = false;           // numbers whose unit is known are shown with it
    bool on_terminal = false;  // texts from outside are shown() as such
};

// A text from outside.
void append_outside(TextBuffer& to, std::string_view text, const TextContext& context);

// The natural text of a value, on one line: as its specifier prints it, frames of a stack joined by `;`, control
// characters of Strings as C escapes. Lists show `list_values` of ArrayPrintOptions; a range shows nothing, it takes
// lines of its own; a distribution its count and some quantiles. With `si` numbers that have a unit are scaled.
void append_value(TextBuffer& to, const RecordField& field, const std::byte* at, TextContext& context,
                  uint8_t list_values);

// trace(): hexadecimal of the value's size, Strings and paths as text, a stack as its addresses.
void append_trace(TextBuffer& to, const RecordField& field, const std::byte* at, TextContext& context);

}  // namespace probevue
