#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "builtins/base/text.h"
#include "builtins/probe.h"
#include "docs/generate/generate.h"

namespace probevue::docs {
namespace {

// The quoted words of a rule that begin with a letter or `_`: "Signed : 'signed' | '__signed' ;".
void add_words(std::string_view rule, std::vector<std::string>& out) {
    for (size_t at = rule.find('\''); at != std::string_view::npos; at = rule.find('\'', at)) {
        const size_t end = rule.find('\'', at + 1);
        if (end == std::string_view::npos) return;
        const std::string_view word = rule.substr(at + 1, end - at - 1);
        if (!word.empty() &&
            (word[0] == '_' || (word[0] >= 'A' && word[0] <= 'Z') || (word[0] >= 'a' && word[0] <= 'z')))
            out.emplace_back(word);
        at = end + 1;
    }
}

// What the comments of the grammar say of the rules below them.
struct Section {
    std::string_view comment;
    std::vector<std::string> Words::*words;
};

constexpr Section sections[] = {
    {"// Explicit declaration", &Words::classes},
    {"// First use", &Words::prefixes},
    {"// Supported in Vue code", &Words::supported},
    {"// Accepted in headers", &Words::without_use},
    {"// Keywords of C that Vue does not have", &Words::refused},
    {"// Words of preprocessed headers", nullptr},
    {"// ---------------------------------------------------------------------------------------------------------- "
     "operators",
     &Words::operators},
    {"// ---------------------------------------------------------------------------------------------------- names "
     "and literals",
     nullptr},
};

}  // namespace

Words read_words(const std::string& lexer_grammar) {
    Words words;
    std::vector<std::string> Words::*into = nullptr;
    size_t found = 0;
    for (std::string_view line : split(lexer_grammar, '\n')) {
        for (const Section& section : sections) {
            if (!line.starts_with(section.comment)) continue;
            into = section.words;
            ++found;
        }
        if (into != nullptr && !line.starts_with("//")) add_words(line, words.*into);
    }
    if (found != std::size(sections))
        throw std::runtime_error("grammar/VueLexer.g4 lacks a comment that opens a group of words");
    for (const std::vector<std::string> Words::*group : {&Words::classes, &Words::prefixes, &Words::supported,
                                                         &Words::without_use, &Words::refused, &Words::operators}) {
        if ((words.*group).empty()) throw std::runtime_error("grammar/VueLexer.g4 has a group of words without a word");
    }
    return words;
}

std::vector<std::string_view> choices_of(std::string_view choices) {
    return choices.empty() ? std::vector<std::string_view>{} : split(choices, '|');
}

std::vector<std::string_view> managers() {
    std::vector<std::string_view> names;
    for (const ProbePointRow& row : probe_points()) {
        if (row.unavailable.empty() && std::find(names.begin(), names.end(), row.manager) == names.end())
            names.push_back(row.manager);
    }
    return names;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
    return fmt::format("{}", fmt::join(words, separator));
}

}  // namespace probevue::docs
