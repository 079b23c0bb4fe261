#include "runtime/sinks/html_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "builtins/base/utf8.h"

namespace probevue {
namespace {

void append_character(std::string& to, unsigned char c) {
    switch (c) {
        case '&':
            to += "&amp;";
            return;
        case '<':
            to += "&lt;";
            return;
        case '>':
            to += "&gt;";
            return;
        case '"':
            to += "&quot;";
            return;
        case '\'':
            to += "&#39;";
            return;
        case '\n':
        case '\t':
            to += static_cast<char>(c);
            return;
        default:
            break;
    }
    if (c < 0x20 || c == 0x7f) {
        // The pictures of control characters: U+2400 and on, U+2421 for DEL.
        to += "\xe2\x90";
        to += static_cast<char>(0x80 + (c == 0x7f ? 0x21 : c));
        return;
    }
    to += static_cast<char>(c);
}

// 0 for what is shown as it is.
unsigned unseen_code_point(std::string_view sequence) {
    const auto code = static_cast<unsigned>(code_point(sequence));
    // These turn the direction of writing round: a name could be made to look like another one.
    const bool turns = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x200e ||
                       code == 0x200f || code == 0x061c;
    const bool control = code >= 0x80 && code < 0xa0;
    return turns || control || code == 0xfffe || code == 0xffff ? code : 0;
}

void append_run(std::string& to, std::string_view text) {
    while (!text.empty()) {
        const size_t size = utf8_sequence_at(text).size;
        if (size == 1) {
            append_character(to, static_cast<unsigned char>(text.front()));
        } else if (const unsigned code = unseen_code_point(text.substr(0, size)); code != 0) {
            to += fmt::format("\\u{:04x}", code);
        } else {
            to += text.substr(0, size);
        }
        text.remove_prefix(size);
    }
}

// The least of 1, 2 and 5 times a power of ten that is at least `least`.
double round_step(double least) {
    const double power = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        // Divisions leave numbers a hair beside the round ones that they stand for.
        if (factor * power >= least * (1 - 1e-9)) return factor * power;
    }
    return 10 * power;
}

std::string trimmed(double value) { return fmt::format("{:.4g}", value); }

}  // namespace

void append_html(std::string& to, std::string_view text) {
    for_each_utf8_run(
        text, [&](std::string_view run) { append_run(to, run); }, [&] { to += replacement_character; });
}

std::string html(std::string_view text) {
    std::string out;
    append_html(out, text);
    return out;
}

std::string grouped(uint64_t value) {
    std::string out = std::to_string(value);
    for (auto at = static_cast<ptrdiff_t>(out.size()) - 3; at > 0; at -= 3) out.insert(static_cast<size_t>(at), ",");
    return out;
}

std::string axis_number(double value) {
    constexpr auto scales = std::to_array<std::pair<double, std::string_view>>(
        {{1e18, "E"}, {1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e4, "k"}});
    const double size = std::fabs(value);
    for (const auto& [scale, letter] : scales) {
        if (size >= scale) return trimmed(value / (letter == "k" ? 1e3 : scale)) + std::string(letter);
    }
    if (size >= 1000 && value == std::floor(value))
        return (value < 0 ? "-" : "") + grouped(static_cast<uint64_t>(size));
    return trimmed(value);
}

Axis number_axis(double low, double high, int most, bool whole) {
    if (!(high > low)) high = low + 1;
    double step = round_step((high - low) / most);
    if (whole) step = std::max(step, 1.0);
    Axis axis{std::floor(low / step * (1 + 1e-12)) * step, std::ceil(high / step * (1 - 1e-12)) * step, {}};
    if (!(axis.high > axis.low)) axis.high = axis.low + step;
    const auto steps = std::lround((axis.high - axis.low) / step);
    for (long i = 0; i <= steps; ++i) axis.ticks.push_back(axis.low + static_cast<double>(i) * step);
    return axis;
}

Axis time_axis(double low, double high, int most) {
    if (!(high > low)) high = low + 1;
    const double least = (high - low) / most;
    double step = round_step(least);
    if (least > 5) {
        for (const double round : {10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10800.0,
                                   21600.0, 43200.0, 86400.0}) {
            step = round;
            if (round >= least) break;
        }
        if (step < least) step = std::ceil(least / 86400) * 86400;
    }
    Axis axis{low, high, {}};
    for (double at = std::ceil(low / step - 1e-9); at * step <= high + step * 1e-9; ++at)
        axis.ticks.push_back(at * step);
    return axis;
}

std::string time_label(double seconds) {
    const double size = std::fabs(seconds);
    if (size == 0) return "0 s";
    if (size < 1e-3) return trimmed(seconds * 1e6) + " µs";
    if (size < 1) return trimmed(seconds * 1e3) + " ms";
    if (size < 60) return trimmed(seconds) + " s";
    if (size < 3600) return trimmed(seconds / 60) + " min";
    return trimmed(seconds / 3600) + " h";
}

}  // namespace probevue
