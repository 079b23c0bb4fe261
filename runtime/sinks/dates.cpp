#include "runtime/sinks/dates.h"

#include <charconv>
#include <ctime>

namespace probevue {
namespace {

constexpr size_t longest_date = 64 * 1024;

std::string strftime_text(const std::string& format, const tm& time) {
    // strftime says 0 both for "does not fit" and for "empty"; a character of our own at the end tells them apart.
    const std::string marked = format + '.';
    std::string text(128, '\0');
    while (true) {
        const size_t size = strftime(text.data(), text.size(), marked.c_str(), &time);
        if (size != 0) return text.substr(0, size - 1);
        if (text.size() >= longest_date) return {};
        text.resize(text.size() * 4);
    }
}

}  // namespace

void DateFormat::set(std::string_view format) {
    pieces_.assign(1, {});
    for (size_t i = 0; i < format.size(); ++i) {
        const bool conversion = format[i] == '%' && i + 1 < format.size();
        if (!conversion) {
            pieces_.back().format += format[i];
            continue;
        }
        const bool counted = format[i + 1] >= '1' && format[i + 1] <= '9';
        const size_t letter = i + (counted ? 2 : 1);
        if (letter < format.size() && format[letter] == 'f') {
            pieces_.back().digits = counted ? format[i + 1] - '0' : 6;
            pieces_.emplace_back();
            i = letter;
        } else {  // both characters, so that `%%f` is a percent sign and an f
            pieces_.back().format += format.substr(i, 2);
            ++i;
        }
    }
    second_ = ~uint64_t{0};
}

void DateFormat::render(uint64_t second) {
    const auto seconds = static_cast<time_t>(second);
    tm local = {};
    localtime_r(&seconds, &local);
    for (Piece& piece : pieces_) piece.text = strftime_text(piece.format, local);
    second_ = second;
}

void DateFormat::append(TextBuffer& to, uint64_t time_ns) {
    // strftime() is slow, and most records are of the same second as the one before.
    const uint64_t second = time_ns / nanoseconds_a_second;
    if (second != second_) render(second);
    for (const Piece& piece : pieces_) {
        to.append(piece.text);
        if (piece.digits == 0) continue;
        uint64_t fraction = time_ns % nanoseconds_a_second;
        // Cut off, not rounded: a time never shows as one that has not come yet.
        for (int i = piece.digits; i < 9; ++i) fraction /= 10;
        append_digits(to, fraction, piece.digits);
    }
}

void UtcDate::append(TextBuffer& to, uint64_t time_ns) {
    const uint64_t second = time_ns / nanoseconds_a_second;
    if (second != second_) {
        const auto seconds = static_cast<time_t>(second);
        tm utc = {};
        gmtime_r(&seconds, &utc);
        text_ = strftime_text("%Y-%m-%dT%H:%M:%S.", utc);
        second_ = second;
    }
    to.append(text_);
    append_digits(to, time_ns % nanoseconds_a_second, 9);
    to.push('Z');
}

void append_digits(TextBuffer& to, uint64_t value, int digits) {
    char* begin = to.room(static_cast<size_t>(digits));
    for (char* at = begin + digits; at != begin; value /= 10) *--at = static_cast<char>('0' + value % 10);
    to.advance(begin + digits);
}

void append_seconds(TextBuffer& to, uint64_t time_ns, uint64_t start_ns) {
    const bool before = time_ns < start_ns;
    const uint64_t distance = (before ? start_ns - time_ns : time_ns - start_ns) / 1000;
    if (before && distance != 0) to.push('-');
    char* begin = to.room(24);
    to.advance(std::to_chars(begin, begin + 24, distance / 1'000'000).ptr);
    to.push('.');
    append_digits(to, distance % 1'000'000, 6);
}

}  // namespace probevue
