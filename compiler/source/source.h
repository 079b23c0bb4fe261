// The text of a script and where it came from. Shell elements ($1, $NAME) are replaced here, textually, before
// anything is parsed (AIX: probevue_var_shell); every position can be mapped back to what the user wrote.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/source/span.h"

namespace probevue {

class Diagnostics;

// What replaces $NAME and $1 in a script.
struct ShellValues {
    std::vector<std::string> arguments;            // $1 is arguments[0]
    std::map<std::string, std::string> variables;  // environment, $__CPID and $__CPNAME included when there is a child
    // Each stands for a name of its own, whatever will be given: where a text is looked at only.
    bool any = false;
};

// What `#VUE_CMD_ARGS` and `#VUE_SCRIPT_ARGS` lines carry (AIX: p_commands/probevue), split like a shell would.
struct EmbeddedArguments {
    std::vector<std::string> command;
    std::vector<std::string> script;
};

class Source {
public:
    // Largest script accepted, in bytes.
    static constexpr size_t max_bytes = 1024 * 1024;

    // Reads a script from a file ("-" is standard input). Errors: cannot be read, too large.
    static Result<std::string> read_file(const std::string& path);

    // Scans the `#VUE_*_ARGS` directives of a script's raw text without anything else being looked at.
    static EmbeddedArguments embedded_arguments(std::string_view raw);

    // Makes a source of raw text: checks for NUL bytes, blanks `#` lines out (keeping line structure), maps typographic
    // quotes to plain ones with a warning, and substitutes shell elements outside strings and comments. Problems go to
    // `diagnostics`; a source is always returned, so that later stages can report more.
    static Source prepare(std::string name, std::string raw, const ShellValues& shell, Diagnostics& diagnostics);

    const std::string& name() const { return name_; }  // as shown in messages: file name, "<stdin>" or "<-e>"
    const std::string& text() const { return text_; }  // after substitution
    const std::string& raw() const { return raw_; }    // what the user wrote

    // Bytes of the byte order mark that stood before raw(): 3, or 0 without one.
    uint32_t mark() const { return mark_; }

    // Offset into raw() of an offset into text().
    uint32_t raw_offset(uint32_t offset) const;
    // Offset into raw() behind the text that ends at this offset of text(): a substituted value ends behind its
    // `$NAME`.
    uint32_t raw_end(uint32_t end) const;
    // The shell element (`$1`) that produced the text at this offset, empty when the user wrote it literally.
    std::string_view substituted_from(uint32_t offset) const;
    // The whole value that stands for it.
    std::string_view substituted_text(uint32_t offset) const;
    Location location(uint32_t offset) const;
    Location raw_location(uint32_t raw) const;
    // The user's line (1-based), without its newline, and where in raw() it begins.
    std::string_view line(uint32_t number) const;
    uint32_t line_start(uint32_t number) const;
    // Bytes that `#pragma pack` has set for what stands at this offset of text(): the largest alignment of members
    // there. 0: each has its own.
    uint32_t packing(uint32_t offset) const;

private:
    struct Segment {
        uint32_t text_begin;
        uint32_t raw_begin;
        uint32_t raw_end;
        bool whole;        // all of it maps to all of what stands for it; else byte for byte
        bool substituted;  // a shell element
    };
    class Preparation;

    // A place within a long line: finding the column of what stands behind it needs no walk from the line's start.
    struct Milestone {
        uint32_t raw;
        uint32_t characters;  // from the start of the line
    };

    // From an offset of text() on.
    struct Packing {
        uint32_t begin;
        uint32_t bytes;
    };

    const Segment* segment_at(uint32_t offset) const;
    void index_lines();

    std::string name_;
    std::string raw_;
    uint32_t mark_ = 0;
    std::string text_;
    std::vector<Segment> segments_;      // ascending text_begin
    std::vector<uint32_t> line_starts_;  // raw offsets
    std::vector<Milestone> milestones_;  // ascending
    std::vector<Packing> packings_;      // ascending
};

}  // namespace probevue
