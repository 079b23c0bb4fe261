#include "runtime/sinks/html_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <limits>

namespace probevue {
namespace {

constexpr unsigned bar_height = 30;   // pixels: a line of text and the bar below it
constexpr unsigned tick_height = 22;  // what is below a plot
constexpr unsigned plot_height = 190;
constexpr unsigned plot_top = 16;
constexpr int longest_label = 44;

// Widths are in percent: pictures are as wide as the page lets them, and texts keep their size.
std::string percent(double value) { return fmt::format("{:.2f}%", value); }

// Cut in the middle: keys differ at their ends.
std::string cut_label(const std::string& text) {
    std::vector<size_t> starts;  // of characters
    for (size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) starts.push_back(i);
    }
    if (starts.size() <= longest_label) return text;
    return text.substr(0, starts[longest_label / 2]) + "…" + text.substr(starts[starts.size() - longest_label / 2 + 1]);
}

// `20 kB`, `20k/s`: the letter that shortens a number of bytes is the prefix of their unit.
std::string tick_label(double value, std::string_view unit) {
    std::string number = axis_number(value);
    if (!unit.starts_with(" B") || std::isalpha(static_cast<unsigned char>(number.back())) == 0)
        return number + std::string(unit);
    const char prefix = number.back();
    number.pop_back();
    return fmt::format("{} {}{}", number, prefix, unit.substr(1));
}

std::string_view anchor(double place) { return place < 3 ? "start" : place > 97 ? "end" : "middle"; }

// Marks of a horizontal axis at the bottom, with lines up through the plot.
std::string bottom_axis(const Axis& axis, unsigned bottom, std::string_view unit, bool times) {
    std::string out;
    for (const double tick : axis.ticks) {
        const double place = axis.place(tick);
        out += fmt::format("<line class=\"grid\" x1=\"{0}\" x2=\"{0}\" y1=\"0\" y2=\"{1}\"/>", percent(place), bottom);
        out += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>", percent(place),
                           bottom + 16, anchor(place), times ? time_label(tick) : tick_label(tick, unit));
    }
    return out;
}

// Lines across the plot with the numbers on them.
std::string side_axis(const Axis& axis, std::string_view unit) {
    std::string out;
    for (const double tick : axis.ticks) {
        const double y = plot_top + plot_height * (1 - axis.place(tick) / 100);
        out += fmt::format("<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{0:.1f}\" y2=\"{0:.1f}\"/>", y);
        if (tick != axis.low)
            out +=
                fmt::format("<text class=\"tick halo\" x=\"0\" y=\"{:.1f}\">{}</text>", y - 3, tick_label(tick, unit));
    }
    return out;
}

// A plot in a system of coordinates of its own: 1000 wide.
std::string plot(std::string_view x, std::string_view width, unsigned height, std::string_view contents) {
    return fmt::format(
        "<svg x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" viewBox=\"0 0 1000 {3}\" preserveAspectRatio=\"none\" "
        "overflow=\"visible\">{4}</svg>",
        x, plot_top, width, height, contents);
}

}  // namespace

std::string Charts::begin(std::string_view kind, std::string_view title, std::string_view description,
                          unsigned height) {
    ++number_;
    return fmt::format(
        "<svg class=\"chart {0}\" role=\"img\" aria-labelledby=\"c{1}t c{1}d\" width=\"100%\" height=\"{2}\">"
        "<title id=\"c{1}t\">{3}</title><desc id=\"c{1}d\">{4}</desc>\n",
        kind, number_, height, html(title), html(description));
}

std::string Charts::bars(std::string_view title, std::string_view description, const std::vector<Bar>& bars, bool whole,
                         std::string_view unit) {
    double low = 0;
    double high = 0;
    for (const Bar& bar : bars) {
        if (!std::isfinite(bar.value)) continue;
        low = std::min(low, bar.value);
        high = std::max(high, bar.value);
    }
    const Axis axis = number_axis(low, high, 5, whole);
    const auto bottom = static_cast<unsigned>(bars.size()) * bar_height;
    std::string out = begin("bars", title, description, bottom + tick_height);
    out += bottom_axis(axis, bottom, unit, false);
    const double zero = axis.place(0);
    unsigned y = 0;
    for (const Bar& bar : bars) {
        const double at = axis.place(std::isfinite(bar.value) ? bar.value : 0);
        out += fmt::format("<g><title>{}: {}</title>", html(bar.label), html(bar.text));
        out += fmt::format("<text class=\"label halo\" x=\"0\" y=\"{}\">{}</text>", y + 13, html(cut_label(bar.label)));
        out += fmt::format("<text class=\"value halo\" x=\"100%\" y=\"{}\" text-anchor=\"end\">{}</text>", y + 13,
                           html(bar.text));
        if (bar.value != 0)
            out += fmt::format("<rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"8\"/>",
                               percent(std::min(at, zero)), y + 18, percent(std::max(std::fabs(at - zero), 0.15)));
        out += "</g>\n";
        y += bar_height;
    }
    return out + "</svg>";
}

std::string Charts::spans(std::string_view title, std::string_view description, const std::vector<Span>& spans) {
    double low = 0;
    double high = 0;
    for (const Span& span : spans) {
        low = std::min(low, span.low);
        high = std::max(high, span.high);
    }
    const Axis axis = number_axis(low, high, 5, true);
    const auto bottom = static_cast<unsigned>(spans.size()) * bar_height;
    std::string out = begin("spans", title, description, bottom + tick_height);
    out += bottom_axis(axis, bottom, "", false);
    unsigned y = 0;
    for (const Span& span : spans) {
        const double from = axis.place(span.low);
        out += fmt::format("<g><title>{}: {}</title>", html(span.label), html(span.text));
        out +=
            fmt::format("<text class=\"label halo\" x=\"0\" y=\"{}\">{}</text>", y + 13, html(cut_label(span.label)));
        out += fmt::format("<text class=\"value halo\" x=\"100%\" y=\"{}\" text-anchor=\"end\">{}</text>", y + 13,
                           html(span.text));
        out += fmt::format("<rect class=\"span\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"8\"/>", percent(from), y + 18,
                           percent(std::max(axis.place(span.high) - from, 0.4)));
        out += fmt::format("<line class=\"mark\" x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\"/></g>\n",
                           percent(axis.place(span.middle)), y + 16, y + 28);
        y += bar_height;
    }
    return out + "</svg>";
}

std::string Charts::histogram(std::string_view title, std::string_view description,
                              const std::vector<Column>& columns) {
    uint64_t most = 0;
    for (const Column& column : columns) most = std::max(most, column.count);
    const Axis axis = number_axis(0, static_cast<double>(most), 4, true);
    std::string out = begin("histogram", title, description, plot_top + plot_height + tick_height);
    out += side_axis(axis, "");
    // The numbers of the side stand left of the columns.
    constexpr double left = 10;
    const double width = (100 - left) / static_cast<double>(std::max<size_t>(1, columns.size()));
    const size_t every = columns.size() / 6 + 1;
    for (size_t i = 0; i < columns.size(); ++i) {
        const double x = left + static_cast<double>(i) * width;
        const double height = plot_height * axis.place(static_cast<double>(columns[i].count)) / 100;
        if (columns[i].count != 0)
            out += fmt::format(
                "<rect class=\"bar\" x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\"><title>{}</title></rect>\n",
                percent(x + width * 0.04), plot_top + plot_height - std::max(height, 1.0), percent(width * 0.92),
                std::max(height, 1.0), html(columns[i].text));
        if (i % every == 0)
            out += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>",
                               percent(x > 92 ? x + width : x), plot_top + plot_height + 16, x > 92 ? "end" : "start",
                               axis_number(static_cast<double>(columns[i].from)));
    }
    return out + "</svg>";
}

std::string Charts::lines(std::string_view title, std::string_view description, const std::vector<Line>& lines,
                          bool whole, std::string_view unit) {
    double low = 0;
    double high = 0;
    double first = std::numeric_limits<double>::infinity();
    double last = -first;
    for (const Line& line : lines) {
        for (const auto& [time, value] : line.points) {
            first = std::min(first, time);
            last = std::max(last, time);
            if (!std::isfinite(value)) continue;
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    const Axis side = number_axis(low, high, 4, whole);
    const Axis time = time_axis(first, last, 5);
    std::string out = begin("lines", title, description, plot_top + plot_height + tick_height);
    out += side_axis(side, unit) + bottom_axis(time, plot_top + plot_height, "", true);
    std::string paths;
    for (size_t i = 0; i < lines.size(); ++i) {
        std::string path;
        bool drawing = false;
        for (const auto& [at, value] : lines[i].points) {
            if (!std::isfinite(value)) {
                drawing = false;
                continue;
            }
            const double x = time.place(at) * 10;
            const double y = plot_height * (1 - side.place(value) / 100);
            // A point without neighbours is a dot.
            path += drawing ? fmt::format("L{:.1f} {:.1f}", x, y) : fmt::format("M{:.1f} {:.1f}h.01", x, y);
            drawing = true;
        }
        paths += fmt::format("<path class=\"line s{}\" d=\"{}\"><title>{}</title></path>\n", i % most_lines, path,
                             html(lines[i].name));
    }
    out += plot("0", "100%", plot_height, paths) + "</svg>";
    if (lines.size() < 2) return out;
    out += "<ul class=\"legend\">";
    for (size_t i = 0; i < lines.size(); ++i) {
        out += fmt::format(
            "<li><svg width=\"22\" height=\"10\" aria-hidden=\"true\"><path class=\"line s{}\" d=\"M1 5h20\"/></svg> "
            "{}</li>",
            i % most_lines, html(lines[i].name));
    }
    return out + "</ul>";
}

std::string Charts::heat_map(std::string_view title, std::string_view description, const Heat& heat) {
    constexpr unsigned row_height = 9;
    uint64_t most = 1;
    for (const auto& column : heat.counts) {
        for (const uint64_t count : column) most = std::max(most, count);
    }
    // By powers: rare counts are seen beside frequent ones.
    const double scale = std::log(static_cast<double>(most) + 1);
    const auto level = [&](uint64_t count) {
        const double part = std::log(static_cast<double>(count) + 1) / scale;
        return std::clamp(static_cast<unsigned>(std::ceil(part * heat_levels - 1e-9)), 1U, heat_levels);
    };
    const auto rows = static_cast<unsigned>(heat.bounds.size());
    const unsigned height = rows * row_height;
    std::vector<std::string> paths(heat_levels + 1);
    const double width = 1000.0 / static_cast<double>(std::max<size_t>(1, heat.counts.size()));
    std::vector<std::pair<uint64_t, uint64_t>> bounds(heat_levels + 1, {~uint64_t{0}, 0});
    for (size_t i = 0; i < heat.counts.size(); ++i) {
        for (unsigned row = 0; row < rows; ++row) {
            const uint64_t count = heat.counts[i][row];
            if (count == 0) continue;
            const unsigned at = level(count);
            bounds[at] = {std::min(bounds[at].first, count), std::max(bounds[at].second, count)};
            paths[at] += fmt::format("M{:.1f} {}h{:.1f}v{}h-{:.1f}z", static_cast<double>(i) * width,
                                     (rows - 1 - row) * row_height, width, row_height, width);
        }
    }
    std::string cells = fmt::format("<rect class=\"ground\" x=\"0\" y=\"0\" width=\"1000\" height=\"{}\"/>", height);
    for (unsigned i = 1; i <= heat_levels; ++i) {
        if (!paths[i].empty()) cells += fmt::format("<path class=\"h{}\" d=\"{}\"/>\n", i, paths[i]);
    }
    std::string out = begin("heat", title, description, plot_top + height + tick_height);
    const unsigned every = rows / 8 + 1;
    for (unsigned row = 0; row < rows; row += every) {
        out += fmt::format("<text class=\"tick\" x=\"13%\" y=\"{}\" text-anchor=\"end\">{}</text>",
                           plot_top + (rows - row) * row_height, html(heat.bounds[row]));
    }
    out += plot("14%", "86%", height, cells);
    if (!heat.times.empty()) {
        const Axis axis = time_axis(heat.times.front(), heat.times.back(), 5);
        // A column stands for a print: its middle is at its time.
        const auto columns = static_cast<double>(heat.times.size());
        for (const double tick : axis.ticks) {
            const double place = (0.5 + axis.place(tick) / 100 * (columns - 1)) / columns;
            out += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>",
                               percent(14 + 86 * place), plot_top + height + 16, place > 0.97 ? "end" : "middle",
                               time_label(tick));
        }
    }
    out += "</svg><ul class=\"legend\">";
    for (unsigned i = 1; i <= heat_levels; ++i) {
        const auto& [from, to] = bounds[i];
        if (from > to) continue;
        out += fmt::format(
            "<li><svg width=\"12\" height=\"12\" aria-hidden=\"true\"><path class=\"h{}\" d=\"M0 "
            "0h12v12h-12z\"/></svg> "
            "{}</li>",
            i, from == to ? grouped(from) : fmt::format("{}–{}", grouped(from), grouped(to)));
    }
    return out + "</ul>";
}

}  // namespace probevue
