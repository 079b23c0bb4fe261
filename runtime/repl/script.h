// The script that an interactive session builds: entries with numbers, and the text that the compiler gets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace probevue {

// A clause, or declarations that were entered together.
struct Entry {
    unsigned number = 0;
    std::string text;
    bool clause = false;
    bool begun = false;             // BEGIN has fired
    bool removed = false;           // nothing of it fires; it is there because its variables are known by nothing else
    std::string idle_why;           // why its probes are not enabled; empty when they are, or never were asked for
    std::string idle_message = {};  // the same in the form of an error, with its place
};

// Name of the script in messages of the compiler and the session, before localise().
inline constexpr std::string_view session_script_name = "<session>";

// The entry of a number, or null.
const Entry* entry_of(const std::vector<Entry>& entries, unsigned number);
std::vector<Entry> without_removed(std::vector<Entry> entries);

// All entries as one script: declarations first, because the language wants them there.
class ScriptText {
public:
    // `extra` is text of its own behind all entries (an expression in its wrapping), called `input` in messages; the
    // first `hidden_lines` lines of it are not counted.
    explicit ScriptText(const std::vector<Entry>& entries, std::string_view extra = {}, uint32_t hidden_lines = 0);

    const std::string& text() const { return text_; }
    // Number of the entry that a line belongs to; 0: the extra text.
    unsigned entry_at(uint32_t line) const;
    // Messages with places as the user knows them: `clause 2:1:5`, or `input:1:5` for the entry `fresh` and the extra
    // text. Warnings and notes on other entries are left out, they have been told before.
    std::string localise(std::string_view messages, const std::vector<unsigned>& fresh) const;
    // The same for what is said while the script runs: nothing is left out, and no entry is fresh any more.
    std::string localise(std::string_view message) const;

private:
    struct Part {
        uint32_t first = 0;  // line of the whole
        unsigned number = 0;
    };
    const Part& part_at(uint32_t line) const;
    std::string name_of(const Part& part, uint32_t line, uint32_t column, bool is_fresh) const;
    void add(std::string_view text, unsigned number);

    std::string text_;
    std::vector<Part> parts_;
    uint32_t lines_ = 1;
    uint32_t hidden_lines_ = 0;
};

}  // namespace probevue
