#include "runtime/sinks/ruler.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "runtime/sinks/html_text.h"
#include "runtime/sinks/si_text.h"

namespace probevue {
namespace {

using Form = ArrayPrintOptions::Form;

constexpr int most_ticks = 5;

// Puts a label where its bar ends; one that would touch the label before is left out.
void put(std::string& line, double place, const std::string& label) {
    const auto at = static_cast<size_t>(std::lround(place));
    if (!line.empty() && at < line.size() + 1) return;
    line.resize(at, ' ');
    line += label;
}

}  // namespace

double bar_length(double value, Form form) {
    if (!(value > 0) || !std::isfinite(value)) return 0;
    if (form != Form::logarithmic_bars) return value;
    return std::max(0.0, std::log2(value) + 1);
}

std::string ruler(double longest, Form form, Unit unit) {
    if (!(longest > 0)) return {};
    std::string line;
    put(line, 0, "0");
    if (form == Form::logarithmic_bars) {
        const double step = std::max(1.0, std::ceil(longest / most_ticks));
        for (double length = step; length <= longest; length += step)
            put(line, length / longest * longest_bar, tick_text(std::exp2(length - 1), unit));
        return line;
    }
    for (const double tick : number_axis(0, longest, most_ticks, false).ticks) {
        if (tick > 0 && tick <= longest * (1 + 1e-9)) put(line, tick / longest * longest_bar, tick_text(tick, unit));
    }
    return line;
}

}  // namespace probevue
