#include "runtime/sinks/html_array.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/sinks/dates.h"
#include "runtime/sinks/distribution_text.h"
#include "runtime/sinks/text_buffer.h"
#include "runtime/values/room.h"

namespace probevue {
namespace {

constexpr size_t most_bars = 15;
constexpr size_t most_columns = 120;  // of a heat map
constexpr size_t most_points = 600;   // of a line

std::string key_of(const ReportPrint& print, const ReportRow& row) {
    std::string out;
    for (uint64_t i = 0; i < print.keys && i < row.cells.size(); ++i) out += (i == 0 ? "" : ", ") + row.cells[i];
    return out.empty() ? print.name : out;
}

// The value of a row as a bar tells it.
const std::string& value_of(const ReportPrint& print, const ReportRow& row) {
    static const std::string none;
    if (print.how == "print_table") {
        // The column that the table is sorted by is the one whose number the row has.
        for (size_t i = print.keys; i < row.cells.size(); ++i) {
            if (print.columns[i].number && row.cells[i] == fmt::format("{}", row.number)) return row.cells[i];
        }
    }
    return print.keys < row.cells.size() ? row.cells[print.keys] : none;
}

std::string count_text(uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", grouped(count), count == 1 ? one : many);
}

Distribution distribution_of(const std::vector<ReportBin>& bins) {
    Distribution out;
    // Enough for all the pages of bins that there can be, so that none is left out.
    Room room(size_t{64} << 20);
    for (const ReportBin& bin : bins)
        static_cast<void>(out.add({.count = bin.count, .sum = 0, .min = bin.from, .max = bin.to}, room));
    return out;
}

std::string bounds_text(const HistogramRow& row) {
    return row.from == row.to ? std::to_string(row.from) : fmt::format("{} to {}", row.from, row.to);
}

std::string number_text(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

}  // namespace

std::string utc_text(uint64_t time_ns) {
    TextBuffer out;
    UtcDate date;
    date.append(out, time_ns);
    std::string text(out.view());  // 2026-06-09T14:03:27.000000001Z
    // Milliseconds are enough for people; the tables have the rest.
    text.resize(23);
    text[10] = ' ';
    return text + " UTC";
}

double HtmlSections::seconds(uint64_t time_ns) const {
    return time_ns < start_ns_ ? -static_cast<double>(start_ns_ - time_ns) / 1e9
                               : static_cast<double>(time_ns - start_ns_) / 1e9;
}

std::string HtmlSections::table(std::string_view caption, const std::vector<ReportPrint::Column>& columns,
                                const std::vector<std::vector<std::string>>& rows, std::string_view foot) {
    std::string out = fmt::format(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table class=\"data{2}\" id=\"t{1}\">"
        "<caption>{0}</caption>\n<thead><tr>",
        html(caption), ++tables_, columns.front().name == "time" ? " times" : "");
    for (const ReportPrint::Column& column : columns)
        out += fmt::format("<th scope=\"col\"{}>{}</th>", column.number ? " class=\"n\"" : "", html(column.name));
    out += "</tr></thead>\n<tbody>\n";
    for (const std::vector<std::string>& row : rows) {
        out += "<tr>";
        for (size_t i = 0; i < row.size(); ++i) {
            const std::string_view number = columns[i].number ? " class=\"n\"" : "";
            out += i == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", number, html(row[i]))
                          : fmt::format("<td{}>{}</td>", number, html(row[i]));
        }
        out += "</tr>\n";
    }
    out += "</tbody>";
    if (!foot.empty())
        out += fmt::format("<tfoot><tr><td colspan=\"{}\">{}</td></tr></tfoot>", columns.size(), html(foot));
    return out + "</table></div>\n";
}

std::string HtmlSections::data_table(const ReportPrint& print) {
    std::vector<ReportPrint::Column> columns = print.columns;
    if (print.keys == 0) columns.insert(columns.begin(), {"array", false});
    std::vector<std::vector<std::string>> rows;
    const size_t shown = std::min(print.rows.size(), rows_left_);
    for (size_t i = 0; i < shown; ++i) {
        const ReportRow& row = print.rows[i];
        std::vector<std::string> cells = row.cells;
        if (print.keys == 0) cells.insert(cells.begin(), print.name);
        if (print.shape != ReportShape::ranges) {
            rows.push_back(std::move(cells));
            continue;
        }
        for (const ReportBin& bin : row.bins) {
            rows.push_back(cells);
            rows.back().push_back(bin.label);
            rows.back().push_back(std::to_string(bin.count));
        }
    }
    rows_left_ -= shown;
    std::string foot;
    if (shown < print.wanted) {
        foot = fmt::format("{} not shown", count_text(print.wanted - shown, "more row is", "more rows are"));
        // The sum is of what the sink left out; where the page leaves out more, it would be of other rows.
        if (!print.rest_sum.empty() && shown == print.rows.size())
            foot += fmt::format("; their values are {} in all", print.rest_sum);
    }
    std::string caption = count_text(print.elements, "element", "elements");
    if (print.how == "print_table") caption = count_text(print.elements, "row", "rows");
    if (print.wanted < print.elements) caption += fmt::format(", {} printed", grouped(print.wanted));
    return table(fmt::format("{}: {}", print.name, caption), columns, rows, foot);
}

std::string HtmlSections::bars(const ReportPrint& print) {
    std::vector<const ReportRow*> order;
    for (const ReportRow& row : print.rows) order.push_back(&row);
    std::stable_sort(order.begin(), order.end(),
                     [](const ReportRow* a, const ReportRow* b) { return a->number > b->number; });
    std::vector<Charts::Bar> bars;
    for (const ReportRow* row : order) {
        if (bars.size() == most_bars) break;
        bars.push_back({key_of(print, *row), value_of(print, *row) + print.unit, row->number});
    }
    std::string out = charts_.bars(
        fmt::format("{} by {}", print.name, print.keys == 0 ? "itself" : "key"),
        fmt::format("Bars of the {} greatest of {}; the table has the numbers.", bars.size(), grouped(print.wanted)),
        bars, print.whole, print.unit);
    if (bars.size() < print.wanted)
        out += fmt::format("<p class=\"soft\">and {}</p>",
                           count_text(print.wanted - bars.size(), "smaller one", "smaller ones"));
    return out;
}

std::string HtmlSections::spans(const ReportPrint& print) {
    std::vector<Charts::Span> spans;
    for (const ReportRow& row : print.rows) {
        if (spans.size() == most_bars) break;
        spans.push_back({key_of(print, row), fmt::format("{} – {} – {}", row.low, row.middle, row.high), row.low,
                         row.middle, row.high});
    }
    std::string out = charts_.spans(print.name, "From the least to the greatest value, a mark at the average.", spans);
    out += "<p class=\"soft\">least – average – greatest";
    if (spans.size() < print.wanted)
        out += fmt::format("; and {}", count_text(print.wanted - spans.size(), "more element", "more elements"));
    return out + "</p>";
}

std::string HtmlSections::slots(const ReportPrint& print) {
    std::string out;
    size_t drawn = 0;
    for (const ReportRow& row : print.rows) {
        if (drawn++ == limits_.pictures) break;
        std::vector<Charts::Bar> bars;
        for (const ReportBin& bin : row.bins)
            bars.push_back({bin.label, std::to_string(bin.count), static_cast<double>(bin.count)});
        const std::string key = key_of(print, row);
        out += fmt::format("<div><h3>{}</h3>{}</div>", html(key),
                           charts_.bars(key, "How many values fell into each slot.", bars, true, ""));
    }
    if (print.rows.size() > limits_.pictures)
        out += fmt::format("<p class=\"soft\">{} drawn; all are in the table</p>",
                           count_text(limits_.pictures, "of them is", "of them are"));
    return out;
}

std::string HtmlSections::histograms(const ReportPrint& print, std::string& counts) {
    std::vector<Distribution> drawn;
    for (const ReportRow& row : print.rows) {
        if (drawn.size() < limits_.pictures && !row.bins.empty()) drawn.push_back(distribution_of(row.bins));
    }
    std::vector<const Distribution*> all;
    for (const Distribution& one : drawn) all.push_back(&one);
    const unsigned parts = histogram_parts(all);
    std::string out = "<div class=\"small\">";
    std::vector<std::vector<std::string>> rows;
    size_t i = 0;
    for (const ReportRow& row : print.rows) {
        if (row.bins.empty() || i == drawn.size()) continue;
        const std::string key = key_of(print, row);
        std::vector<Charts::Column> columns;
        for (const HistogramRow& bin : histogram(drawn[i], parts)) {
            columns.push_back({bin.from, bin.count, fmt::format("{}: {}", bounds_text(bin), bin.count)});
            if (bin.count != 0)
                rows.push_back({key, std::to_string(bin.from), std::to_string(bin.to), std::to_string(bin.count)});
        }
        ++i;
        std::string figures;
        for (size_t c = print.keys; c < row.cells.size(); ++c)
            figures += fmt::format("{}{} {}", figures.empty() ? "" : " · ", print.columns[c].name, row.cells[c]);
        out += fmt::format("<div><h3>{}</h3><p class=\"soft\">{}</p>{}</div>", html(key), html(figures),
                           charts_.histogram(fmt::format("Histogram of {}", key), figures, columns));
    }
    out += "</div>";
    if (print.rows.size() > i)
        out += fmt::format("<p class=\"soft\">Drawn are the {} with the most values, of {}.</p>", i,
                           grouped(print.wanted));
    if (!rows.empty())
        counts = table(fmt::format("{}: counts of the histograms", print.name),
                       {{print.name, false}, {"from", true}, {"to", true}, {"count", true}}, rows, "");
    return out;
}

// Means of as many neighbours that no line has more points than a picture can show.
std::string HtmlSections::over_time(const std::vector<std::string>& names, const std::vector<uint64_t>& times,
                                    const std::vector<std::vector<double>>& values) {
    std::vector<ReportPrint::Column> columns = {{"time", false}};
    for (const std::string& name : names) columns.push_back({name, true});
    std::vector<std::vector<std::string>> rows;
    const size_t shown = std::min({times.size(), limits_.rows, rows_left_});
    for (size_t i = times.size() - shown; i < times.size(); ++i) {
        std::vector<std::string> cells = {utc_text(times[i])};
        for (const std::vector<double>& column : values) cells.push_back(number_text(column[i]));
        rows.push_back(std::move(cells));
    }
    rows_left_ -= shown;
    const std::string foot =
        shown < times.size() ? count_text(times.size() - shown, "earlier print is", "earlier prints are") + " not shown"
                             : "";
    return table("Over time", columns, rows, foot);
}

namespace {

// Means of as many prints as make few enough points. Where an element was not printed there is no number (NaN): the
// mean is that of the others, and none where there is none.
std::vector<std::pair<double, double>> thinned(const std::vector<double>& times, const std::vector<double>& values) {
    const size_t together = (times.size() + most_points - 1) / most_points;
    std::vector<std::pair<double, double>> out;
    for (size_t i = 0; i < times.size(); i += together) {
        const size_t end = std::min(i + together, times.size());
        double sum = 0;
        size_t printed = 0;
        for (size_t j = i; j < end; ++j) {
            if (std::isnan(values[j])) continue;
            sum += values[j];
            ++printed;
        }
        out.emplace_back(times[(i + end - 1) / 2], printed == 0 ? std::nan("") : sum / static_cast<double>(printed));
    }
    return out;
}

std::string thinned_note(size_t points) {
    const size_t together = (points + most_points - 1) / most_points;
    return together <= 1 ? "" : fmt::format(" Each point is the mean of {} prints.", together);
}

}  // namespace

std::string HtmlSections::lines(const ReportArray& array) {
    const ReportPrint& print = array.last;
    // The keys whose values are the greatest over all prints.
    std::vector<std::pair<double, const std::string*>> order;
    for (const auto& [key, points] : array.points) {
        double sum = 0;
        for (const ReportArray::Point& point : points) sum += std::isfinite(point.value) ? std::fabs(point.value) : 0;
        order.emplace_back(sum, &key);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    if (order.size() > Charts::most_lines) order.resize(Charts::most_lines);
    std::vector<double> times;
    for (const uint64_t time : array.times) times.push_back(seconds(time));
    std::vector<Charts::Line> lines;
    std::vector<std::string> names;
    std::vector<std::vector<double>> values;
    for (const auto& [sum, key] : order) {
        std::vector<double>& of_key = values.emplace_back(times.size(), std::numeric_limits<double>::quiet_NaN());
        for (size_t i = 0; print.zero_when_absent && i < times.size(); ++i) {
            if (array.whole[i]) of_key[i] = 0;
        }
        for (const ReportArray::Point& point : array.points.find(*key)->second) of_key[point.print] = point.value;
        lines.push_back({*key, thinned(times, of_key)});
        names.push_back(*key);
    }
    const std::string what = print.shape == ReportShape::lists           ? "averages"
                             : print.shape == ReportShape::distributions ? "counts"
                                                                         : "values";
    std::string out =
        fmt::format("<h3>Over time: {} of {}</h3>", what, count_text(array.times.size(), "print", "prints"));
    out += charts_.lines(fmt::format("{} over time", print.name),
                         fmt::format("Lines of the {} greatest keys, from {} to {}.", lines.size(),
                                     utc_text(array.times.front()), utc_text(array.times.back())),
                         lines, print.whole, print.unit);
    std::string note;
    if (array.points.size() > lines.size())
        note += fmt::format("Drawn are the {} greatest keys of {}.", lines.size(), grouped(array.points.size()));
    if (print.zero_when_absent) note += " A key that the array does not have counts as 0.";
    note += thinned_note(times.size());
    if (array.not_kept != 0)
        note +=
            fmt::format(" {} after that lacked room and are not drawn.", count_text(array.not_kept, "print", "prints"));
    out += fmt::format("<p class=\"soft\">{}</p>", note);
    return out + over_time(names, array.times, values);
}

std::string HtmlSections::heat_maps(const ReportArray& array) {
    std::string out;
    size_t drawn = 0;
    for (const ReportRow& row : array.last.rows) {
        const std::string key = key_of(array.last, row);
        const auto found = array.bins.find(key);
        if (drawn == limits_.pictures || found == array.bins.end()) break;
        ++drawn;
        std::vector<Distribution> columns(std::min(array.times.size(), most_columns));
        const size_t together = (array.times.size() + columns.size() - 1) / columns.size();
        columns.resize((array.times.size() + together - 1) / together);
        Room room(size_t{256} << 20);
        for (const ReportArray::Bins& one : found->second)
            static_cast<void>(columns[one.print / together].merge(distribution_of(one.bins), room));
        std::vector<const Distribution*> all;
        for (const Distribution& one : columns) all.push_back(&one);
        const unsigned parts = histogram_parts(all);
        Distribution whole;
        for (const Distribution& one : columns) static_cast<void>(whole.merge(one, room));
        const std::vector<HistogramRow> rows = histogram(whole, parts);
        Charts::Heat heat;
        for (const HistogramRow& bound : rows) heat.bounds.push_back(axis_number(static_cast<double>(bound.from)));
        for (size_t i = 0; i < columns.size(); ++i) {
            heat.times.push_back(seconds(array.times[i * together]));
            std::vector<uint64_t>& counts = heat.counts.emplace_back(rows.size(), 0);
            for (const HistogramRow& bin : histogram(columns[i], parts)) {
                for (size_t at = 0; at < rows.size(); ++at) {
                    if (rows[at].from == bin.from) counts[at] = bin.count;
                }
            }
        }
        out += fmt::format(
            "<div><h3>{} over time</h3>{}<p class=\"soft\">Across: {}{}. Up: values; the stronger, the more of "
            "them.</p></div>",
            html(key),
            charts_.heat_map(fmt::format("Heat map of {}", key),
                             fmt::format("How many values of each size there were in {} prints.", array.times.size()),
                             heat),
            count_text(array.times.size(), "print", "prints"),
            together > 1 ? fmt::format(", {} added up in a column", together) : "");
    }
    return out.empty() ? out : fmt::format("<div class=\"small\">{}</div>", out);
}

std::string HtmlSections::array(const ReportArray& array) {
    const ReportPrint& print = array.last;
    std::string facts = fmt::format("{} of {}", print.how, html(print.probe));
    if (array.prints > 1)
        facts += fmt::format(", {} times; below, the last one at {}", grouped(array.prints), utc_text(print.time_ns));
    std::string out = fmt::format("<p class=\"soft\">{}</p>\n", facts);
    if (print.rows.empty()) {
        out += fmt::format("<p>Nothing was in it{}.</p>\n", array.prints > 1 ? " then" : "");
        return array.points.empty() ? out : out + lines(array);
    }
    std::string below;
    std::string picture;
    switch (print.shape) {
        case ReportShape::numbers:
            picture = bars(print);
            break;
        case ReportShape::lists:
            picture = spans(print);
            break;
        case ReportShape::ranges:
            picture = slots(print);
            break;
        case ReportShape::distributions:
            out += histograms(print, below);
            break;
        case ReportShape::plain:
            break;
    }
    const std::string rows = data_table(print);
    if (!picture.empty())
        out += fmt::format("<div class=\"pair\"><div>{}</div><div>{}</div></div>\n", picture, rows);
    else if (!below.empty())
        out += fmt::format("<div class=\"pair\"><div>{}</div><div>{}</div></div>\n", rows, below);
    else
        out += rows;
    if (array.times.size() < 2) return out;
    if (print.shape == ReportShape::distributions) out += heat_maps(array);
    return out + lines(array);
}

std::string HtmlSections::numbers(const ReportNumbers& numbers) {
    std::vector<double> times;
    for (const uint64_t time : numbers.times) times.push_back(seconds(time));
    std::vector<Charts::Line> lines;
    for (size_t i = 0; i < numbers.names.size() && i < Charts::most_lines; ++i)
        lines.push_back({numbers.names[i], thinned(times, numbers.values[i])});
    const bool whole = std::all_of(numbers.values.begin(), numbers.values.end(), [](const auto& of) {
        return std::all_of(of.begin(), of.end(), [](double value) { return value == std::floor(value); });
    });
    std::string all;
    for (const std::string& name : numbers.names) all += (all.empty() ? "" : ", ") + name;
    std::string out =
        charts_.lines(fmt::format("{} over time", all),
                      fmt::format("From {} to {}.", utc_text(numbers.times.front()), utc_text(numbers.times.back())),
                      lines, whole, "");
    std::string note = thinned_note(times.size());
    if (numbers.prints > times.size())
        note += fmt::format(" {} more lacked room and are not drawn.",
                            count_text(numbers.prints - times.size(), "print", "prints"));
    if (!note.empty()) out += fmt::format("<p class=\"soft\">{}</p>", note);
    return fmt::format("<div class=\"pair\"><div>{}</div><div>{}</div></div>\n", out,
                       over_time(numbers.names, numbers.times, numbers.values));
}

}  // namespace probevue
