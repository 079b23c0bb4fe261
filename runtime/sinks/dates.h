// Times as text: the date format of %A, and RFC 3339 for JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sinks/text_buffer.h"

namespace probevue {

inline constexpr uint64_t nanoseconds_a_second = 1'000'000'000;

// strftime in the time zone of TZ (read when the first date is printed), and `%f`, which strftime leaves free: the
// fraction of the second, 6 digits (microseconds), or as many as stand before the `f` (`%3f`, `%9f`). The text of the
// last second is kept: traces print many times within one.
class DateFormat {
public:
    // As IBM's examples print a date (the documents do not say it).
    static constexpr std::string_view default_format = "%a %b %e %T %Y %Z";

    explicit DateFormat(std::string_view format = default_format) { set(format); }
    void set(std::string_view format);
    // `time_ns` since the epoch.
    void append(TextBuffer& to, uint64_t time_ns);

private:
    void render(uint64_t second);

    // What strftime prints, and the digits of the fraction behind it (0: none).
    struct Piece {
        std::string format;
        int digits = 0;
        std::string text;
    };
    std::vector<Piece> pieces_;
    uint64_t second_ = ~uint64_t{0};  // that the texts stand for
};

// RFC 3339 in UTC with nanoseconds: 2026-06-09T14:03:27.000000001Z.
class UtcDate {
public:
    void append(TextBuffer& to, uint64_t time_ns);

private:
    uint64_t second_ = ~uint64_t{0};
    std::string text_;
};

// `value` with exactly `digits` digits, zeros in front.
void append_digits(TextBuffer& to, uint64_t value, int digits);

// 12.345678: seconds and microseconds from `start_ns` to `time_ns`, with a sign when it lies before.
void append_seconds(TextBuffer& to, uint64_t time_ns, uint64_t start_ns);

}  // namespace probevue
