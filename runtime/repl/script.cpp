#include "runtime/repl/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "builtins/base/text.h"

namespace probevue {
namespace {

// `<session>:12:5: ` somewhere in a line.
struct Place {
    size_t begin = 0;  // of the name
    size_t end = 0;    // behind the column
    uint32_t line = 0;
    uint32_t column = 0;
};

std::optional<Place> find_place(std::string_view text) {
    Place place;
    place.begin = text.find(session_script_name);
    if (place.begin == std::string_view::npos) return std::nullopt;
    const char* const end = text.data() + text.size();
    const char* at = text.data() + place.begin + session_script_name.size();
    for (uint32_t* number : {&place.line, &place.column}) {
        if (at == end || *at != ':') return std::nullopt;
        const auto [next, error] = std::from_chars(at + 1, end, *number);
        if (error != std::errc{}) return std::nullopt;
        at = next;
    }
    place.end = static_cast<size_t>(at - text.data());
    return place;
}

}  // namespace

const Entry* entry_of(const std::vector<Entry>& entries, unsigned number) {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.number == number; });
    return found == entries.end() ? nullptr : &*found;
}

std::vector<Entry> without_removed(std::vector<Entry> entries) {
    std::erase_if(entries, [](const Entry& entry) { return entry.removed; });
    return entries;
}

ScriptText::ScriptText(const std::vector<Entry>& entries, std::string_view extra, uint32_t hidden_lines)
    : hidden_lines_(hidden_lines) {
    // Declarations first, whenever they were given: clauses that were there before may use them.
    for (const bool clauses : {false, true}) {
        for (const Entry& entry : entries) {
            if (entry.clause == clauses) add(entry.text, entry.number);
        }
    }
    if (!extra.empty()) add(extra, 0);
}

void ScriptText::add(std::string_view text, unsigned number) {
    parts_.push_back({lines_, number});
    text_ += text;
    text_ += '\n';
    lines_ += static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

const ScriptText::Part& ScriptText::part_at(uint32_t line) const {
    static constexpr Part none{1, 0};
    const auto after = std::upper_bound(parts_.begin(), parts_.end(), line,
                                        [](uint32_t wanted, const Part& part) { return wanted < part.first; });
    return after == parts_.begin() ? none : *std::prev(after);
}

unsigned ScriptText::entry_at(uint32_t line) const { return part_at(line).number; }

// The part, the line in it, the column.
std::string ScriptText::name_of(const Part& part, uint32_t line, uint32_t column, bool is_fresh) const {
    uint32_t number = line - part.first + 1;
    if (part.number == 0 && number <= hidden_lines_) {
        number = 1;  // the wrapping begins before the text; it is about the text all the same
        column = 1;
    } else if (part.number == 0) {
        number -= hidden_lines_;
    }
    return is_fresh ? fmt::format("input:{}:{}", number, column)
                    : fmt::format("clause {}:{}:{}", part.number, number, column);
}

std::string ScriptText::localise(std::string_view message) const {
    std::string out;
    while (const std::optional<Place> place = find_place(message)) {
        const Part& part = part_at(place->line);
        out += message.substr(0, place->begin);
        out += name_of(part, place->line, place->column, part.number == 0);
        message.remove_prefix(place->end);
    }
    return out += message;
}

std::string ScriptText::localise(std::string_view messages, const std::vector<unsigned>& fresh) const {
    std::string out;
    bool left_out = false;
    for (std::string_view line : split(messages, '\n')) {
        if (const std::optional<Place> place = find_place(line)) {
            const Part& part = part_at(place->line);
            const bool is_fresh = part.number == 0 || std::find(fresh.begin(), fresh.end(), part.number) != fresh.end();
            const bool is_error = line.substr(place->end).find("error:") != std::string_view::npos;
            left_out = !is_fresh && !is_error && place->begin < 8;
            if (left_out) continue;
            out += fmt::format("{}{}{}\n", line.substr(0, place->begin),
                               name_of(part, place->line, place->column, is_fresh), line.substr(place->end));
        } else if (!left_out) {
            out += line;
            out += '\n';
        }
    }
    while (out.ends_with("\n\n")) out.pop_back();
    return out == "\n" ? std::string() : out;
}

}  // namespace probevue
