#include "runtime/screen/figure.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "runtime/sinks/fields.h"

namespace probevue {

double Figure::number() const {
    switch (kind) {
        case Kind::none:
            return 0;
        case Kind::whole:
            return static_cast<double>(std::bit_cast<int64_t>(bits));
        case Kind::natural:
            return static_cast<double>(bits);
        case Kind::real:
            return std::bit_cast<double>(bits);
    }
    return 0;
}

std::string Figure::text() const {
    TextBuffer out;
    if (kind == Kind::whole) append_signed(out, std::bit_cast<int64_t>(bits));
    if (kind == Kind::natural) append_unsigned(out, bits);
    if (kind == Kind::real) append_double(out, std::bit_cast<double>(bits));
    return std::string(out.view());
}

double Figure::less(const Figure& before) const {
    // Modulo 2^64, as the language counts: what has wrapped around has grown all the same.
    if (kind == before.kind && (kind == Kind::whole || kind == Kind::natural))
        return static_cast<double>(std::bit_cast<int64_t>(bits - before.bits));
    return number() - before.number();
}

int compare(const Figure& a, const Figure& b) {
    const auto order = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
    if (!a.is_number() || !b.is_number()) return order(a.is_number(), b.is_number());
    if (a.kind != b.kind) return order(a.number(), b.number());
    if (a.kind == Figure::Kind::whole) return order(std::bit_cast<int64_t>(a.bits), std::bit_cast<int64_t>(b.bits));
    if (a.kind == Figure::Kind::natural) return order(a.bits, b.bits);
    const double x = a.number();
    const double y = b.number();
    // A total order: NaN stands below all other numbers.
    if (std::isnan(x) || std::isnan(y)) return order(!std::isnan(x), !std::isnan(y));
    return order(x, y);
}

std::string short_number(double value) {
    if (!std::isfinite(value)) return fmt::format("{}", value);
    const double size = std::fabs(value);
    if (size < 0.005) return "0";
    constexpr auto units = std::to_array<std::string_view>({"", "M", "G", "T", "P", "E"});
    if (size < 99'999.5) {
        std::string text = fmt::format("{:.{}f}", value, size < 10 ? 2 : size < 100 ? 1 : 0);
        if (text.find('.') != std::string::npos) {
            text.erase(text.find_last_not_of('0') + 1);
            if (text.back() == '.') text.pop_back();
        }
        return text;
    }
    if (size < 999'950) return fmt::format("{:.1f}k", value / 1e3);
    double scaled = value;
    size_t unit = 0;
    for (scaled /= 1e6, unit = 1; std::fabs(scaled) >= 999.95 && unit + 1 < units.size(); ++unit) scaled /= 1e3;
    return fmt::format("{:.1f}{}", scaled, units[unit]);
}

}  // namespace probevue
