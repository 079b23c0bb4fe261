// Text and numbers of an HTML report: what is escaped, and how axes are marked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace probevue {

// Appends text as it may stand between tags and in quoted attributes. Control characters other than tabs and line ends
// become their pictures (U+2400 to U+2421), marks that turn the direction of writing `\u202e` and the like, parts that
// are no UTF-8 U+FFFD: what a probe saw changes nothing but its own place on the page.
void append_html(std::string& to, std::string_view text);
std::string html(std::string_view text);

// 12345678 as "12,345,678".
std::string grouped(uint64_t value);
// A number as an axis shows it: "0.25", "1,500", "20k", "1.5M"; four significant digits.
std::string axis_number(double value);

// Where an axis has its marks.
struct Axis {
    double low = 0;
    double high = 1;  // above low
    std::vector<double> ticks;
    // Where a value lies, in percent of the axis.
    double place(double value) const { return (value - low) / (high - low) * 100; }
};
// From at most `low` to at least `high`, both round, in steps of 1, 2 or 5 times a power of ten; `most` steps at the
// most, of whole numbers when `whole`.
Axis number_axis(double low, double high, int most, bool whole);
// Times in seconds, exactly from `low` to `high`; marks at round times.
Axis time_axis(double low, double high, int most);
// A mark of it: "250 ms", "10 s", "1.5 min", "2 h".
std::string time_label(double seconds);

}  // namespace probevue
