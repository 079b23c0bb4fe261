#include "runtime/metrics/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <iterator>

#include "builtins/base/text.h"
#include "builtins/base/utf8.h"

namespace probevue {
namespace {

// What promtool takes for a unit: these, with a prefix of the International System before them or none.
constexpr auto unit_words = std::to_array<std::string_view>(
    {"ampere", "amperes", "celsius", "kelvin", "kelvins", "fahrenheit", "rankine",    "meter",  "meters",
     "metre",  "metres",  "gram",    "grams",  "volt",    "volts",      "joule",      "joules", "byte",
     "bytes",  "bit",     "bits",    "second", "seconds", "minute",     "minutes",    "hour",   "hours",
     "day",    "days",    "week",    "weeks",  "percent", "percents",   "percentage", "degree", "degrees"});
constexpr auto prefixes = std::to_array<std::string_view>({"",     "pico",  "nano", "micro", "milli", "centi", "deci",
                                                           "deca", "hecto", "kilo", "kibi",  "mega",  "mibi",  "mebi",
                                                           "giga", "gibi",  "tera", "tebi",  "peta",  "pebi"});
constexpr auto abbreviations =
    std::to_array<std::string_view>({"s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"});
constexpr auto type_words = std::to_array<std::string_view>({"counter", "gauge", "summary", "untyped", "histogram"});
constexpr auto suffix_words = std::to_array<std::string_view>({"total", "count", "sum", "bucket", "info"});

constexpr auto words_of_time = std::to_array<std::string_view>(
    {"ns", "nsec", "nsecs", "us", "usec", "usecs", "ms", "msec", "msecs", "s", "sec", "secs"});

template <size_t n>
bool has(const std::array<std::string_view, n>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_unit(std::string_view word) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view prefix) {
        return word.starts_with(prefix) && has(unit_words, word.substr(prefix.size()));
    });
}

// Does the word say what the unit says?
bool tells(std::string_view word, Unit unit) {
    if (unit == Unit::bytes) return word == "bytes" || word == "byte";
    return is_time(unit) &&
           (has(words_of_time, word) || (is_unit(word) && (word.ends_with("second") || word.ends_with("seconds"))));
}

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Words in lower case: `bytesIn` has two. No word is empty.
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> out(1);
    char before = 0;
    for (const char c : name) {
        const bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
        const bool begins = upper && std::islower(static_cast<unsigned char>(before)) != 0;
        if ((!is_letter(c) && !is_digit(c)) || begins) out.emplace_back();
        if (is_letter(c) || is_digit(c)) out.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        before = c;
    }
    std::erase_if(out, [](const std::string& word) { return word.empty(); });
    return out;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : "_") + word;
    return out;
}

// Writes `text` by `write`, with bytes that are no UTF-8 as \xNN.
template <typename Write>
void for_each_character(std::string_view text, Write&& write) {
    while (!text.empty()) {
        const Utf8Sequence next = utf8_sequence_at(text);
        for (const char c : text.substr(0, next.size)) {
            if (next.valid) {
                write(c);
            } else {
                for (const char escaped : fmt::format("\\x{:02x}", static_cast<unsigned char>(c))) write(escaped);
            }
        }
        text.remove_prefix(next.size);
    }
}

}  // namespace

std::string_view type_name(MetricKind kind) {
    switch (kind) {
        case MetricKind::counter:
            return "counter";
        case MetricKind::summary:
            return "summary";
        case MetricKind::histogram:
            return "histogram";
        case MetricKind::gauge:
        case MetricKind::info:
            break;
    }
    return "gauge";
}

std::string family_name(std::string_view variable, Unit unit, MetricKind kind) {
    std::vector<std::string> words = words_of(variable);
    std::erase_if(words, [&](const std::string& word) { return tells(word, unit); });
    if (kind == MetricKind::counter && !words.empty() && words.back() == "total") words.pop_back();
    for (size_t i = 0; i < words.size(); ++i) {
        std::string& word = words[i];
        const bool last = i + 1 == words.size();
        // promtool warns of names that seem to tell a unit or a type: such a word gets an end that makes it another
        // one.
        if (is_unit(word) || has(abbreviations, word) || has(type_words, word) || (last && has(suffix_words, word)))
            word += "var";
    }
    words.insert(words.begin(), "probevue");
    if (unit == Unit::bytes) words.emplace_back("bytes");
    if (is_time(unit)) words.emplace_back("seconds");
    if (kind == MetricKind::counter) words.emplace_back("total");
    if (kind == MetricKind::info) words.emplace_back("info");
    return joined(words);
}

std::vector<std::string> label_names(std::span<const std::string> words, size_t keys) {
    std::vector<std::string> out;
    for (size_t i = 0; i < keys; ++i) {
        std::string name = i < words.size() ? joined(words_of(words[i])) : "";
        // `le` and `quantile` are Prometheus' own, `slot` and `value` ours.
        constexpr auto taken = std::to_array<std::string_view>({"le", "quantile", "slot", "value"});
        if (name.empty() || is_digit(name.front())) name = fmt::format("key{}", i + 1);
        if (has(taken, name)) name += "_key";
        const std::string first = name;
        for (int number = 2; std::find(out.begin(), out.end(), name) != out.end(); ++number)
            name = fmt::format("{}{}", first, number);
        out.push_back(std::move(name));
    }
    return out;
}

// Escapes of the text format: backslash, quote and line feed, in help texts the first and the last.
void append_label_value(std::string& to, std::string_view text) {
    for_each_character(text, [&](char c) {
        if (c == '\n') {
            to += "\\n";
        } else {
            if (c == '"' || c == '\\') to += '\\';
            to += c;
        }
    });
}

void append_help(std::string& to, std::string_view text) {
    for_each_character(text, [&](char c) {
        if (c == '\n') {
            to += "\\n";
        } else {
            if (c == '\\') to += '\\';
            to += c;
        }
    });
}

void append_in_base_unit(std::string& to, __int128 value, Unit unit) {
    constexpr int64_t billion = 1'000'000'000;
    auto out = std::back_inserter(to);
    if (!is_time(unit)) {
        fmt::format_to(out, "{}", value);
        return;
    }
    const bool negative = value < 0;
    const auto magnitude = negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
    // Exact, without a double in between: sums of nanoseconds may have more digits than it.
    const unsigned __int128 ns = magnitude * static_cast<unsigned __int128>(nanoseconds_of(unit));
    std::string fraction = fmt::format("{:09}", static_cast<int64_t>(ns % billion));
    fraction.erase(fraction.find_last_not_of('0') + 1);
    fmt::format_to(out, "{}{}{}{}", negative ? "-" : "", ns / billion, fraction.empty() ? "" : ".", fraction);
}

void append_in_base_unit(std::string& to, double value, Unit unit) {
    if (is_time(unit)) value *= static_cast<double>(nanoseconds_of(unit)) / 1e9;
    if (std::isnan(value)) {
        to += "NaN";
    } else if (std::isinf(value)) {
        to += value < 0 ? "-Inf" : "+Inf";
    } else {
        fmt::format_to(std::back_inserter(to), "{}", value);
    }
}

}  // namespace probevue
