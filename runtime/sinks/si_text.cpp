#include "runtime/sinks/si_text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <span>
#include <string_view>

#include "runtime/sinks/fields.h"

namespace probevue {
namespace {

constexpr auto byte_units = std::to_array<std::string_view>({"B", "kB", "MB", "GB", "TB", "PB", "EB"});
constexpr auto time_units = std::to_array<std::string_view>({"ns", "us", "ms", "s"});
constexpr auto factors = std::to_array<std::string_view>({"", "k", "M", "G", "T", "P", "E"});

std::span<const std::string_view> ladder(Unit unit) {
    if (unit == Unit::bytes) return byte_units;
    const std::span<const std::string_view> times = time_units;
    return times.subspan(static_cast<size_t>(unit) - static_cast<size_t>(Unit::nanoseconds));
}

// A number below 1000 has three digits; there is none above but on the last step.
std::string digits(double value) {
    const double size = std::fabs(value);
    // Where rounding would make a further digit: 9.995 is shown as 10.0, not 10.00.
    return fmt::format("{:.{}f}", value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

std::string climbed(double value, std::span<const std::string_view> units) {
    size_t step = 0;
    // From where it would be rounded to 1000.
    for (; std::fabs(value) >= 999.5 && step + 1 < units.size(); ++step) value /= 1000;
    return fmt::format("{} {}", digits(value), units[step]);
}

std::string plain(double value) {
    TextBuffer text;
    append_double(text, value);
    return std::string(text.view());
}

}  // namespace

std::string si_text(double value, Unit unit) {
    if (unit == Unit::none || !std::isfinite(value)) return plain(value);
    return climbed(value, ladder(unit));
}

std::string si_text(int64_t value, Unit unit) {
    if (unit == Unit::none) return std::to_string(value);
    // Whole numbers below the first step are exact.
    if (value > -1000 && value < 1000) return fmt::format("{} {}", value, ladder(unit).front());
    return climbed(static_cast<double>(value), ladder(unit));
}

std::string si_text(uint64_t value, Unit unit) {
    if (unit == Unit::none) return std::to_string(value);
    if (value < 1000) return fmt::format("{} {}", value, ladder(unit).front());
    return climbed(static_cast<double>(value), ladder(unit));
}

std::string tick_text(double value, Unit unit) {
    const std::span<const std::string_view> units = unit == Unit::none ? std::span(factors) : ladder(unit);
    if (value == 0) return "0";
    size_t step = 0;
    for (; std::fabs(value) >= 1000 && step + 1 < units.size(); ++step) value /= 1000;
    return fmt::format("{:.4g}{}{}", value, unit == Unit::none ? "" : " ", units[step]);
}

}  // namespace probevue
