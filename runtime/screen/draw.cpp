#include "runtime/screen/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <utility>

namespace probevue {
namespace {

constexpr uint64_t second_ns = 1'000'000'000;
constexpr size_t rate_width = 8;
constexpr size_t most_bar = 40;
constexpr size_t least_bar = 6;
constexpr size_t least_key = 16;
constexpr size_t first_row = 3;  // of the table

std::string clock_text(uint64_t ns) {
    const auto seconds = static_cast<time_t>(ns / second_ns);
    tm parts{};
    localtime_r(&seconds, &parts);
    return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return out;
}

void draw_head(Grid& grid, const ScreenHead& head) {
    grid.paint(0, CellStyle::head);
    const std::string lost = fmt::format(" {} lost ", head.lost);
    std::vector<std::string> parts = {fmt::format("{} events/s", short_number(head.events)), head.mode};
    if (head.clock_ns != 0) parts.push_back(clock_text(head.clock_ns));
    parts.push_back("up " + duration_text(head.ran_ns));
    // From the right: losses always, the others as there is room beside the name.
    const size_t lost_at = grid.columns() - std::min(grid.columns(), lost.size());
    grid.put(0, lost_at, lost, head.lost != 0 ? CellStyle::loud : CellStyle::head);
    size_t end = lost_at;
    for (const std::string& part : parts) {
        if (part.size() + 2 + least_key > end) break;
        end -= part.size() + 2;
        grid.put(0, end, part.size(), part, CellStyle::head);
    }
    grid.put(0, 0, end - std::min<size_t>(end, 1), "probevue " + head.what, CellStyle::head);
}

void draw_names(Grid& grid, const ScreenView& view) {
    std::vector<std::string> names;
    for (const ScreenTables::Shown* one : *view.tables)
        names.push_back(fmt::format(" {} {} ({}{}) ", names.size() + 1, one->table->name(), one->table->size(),
                                    one->as_printed ? ", printed" : ""));
    // So many on the left are left out that the chosen one is whole.
    size_t first = 0;
    const auto width = [&] {
        size_t all = 0;
        for (size_t i = first; i <= view.chosen; ++i) all += text_width(names[i]);
        return all;
    };
    while (first < view.chosen && width() > grid.columns()) ++first;
    size_t at = 0;
    for (size_t i = first; i < names.size() && at < grid.columns(); ++i)
        at += grid.put(1, at, names[i], i == view.chosen ? CellStyle::chosen : CellStyle::plain);
}

// The columns of a table: which figures, and how wide all are.
class TableWriter {
public:
    TableWriter(Grid& grid, const ScreenView& view, const ScreenTables::Shown& shown, size_t room)
        : grid_(grid), view_(view), shown_(shown), table_(*shown.table) {
        size_t count = 0;
        rows_ = table_.rows(view.rows, view.scroll + room, count);
        rows_.erase(rows_.begin(), rows_.begin() + static_cast<ptrdiff_t>(std::min(view.scroll, rows_.size())));
        lay_out();
    }

    void write() {
        heads();
        size_t row = first_row;
        for (const ScreenRow* one : rows_) write_row(row++, *one);
        if (!rows_.empty()) return;
        grid_.put(
            first_row, 1,
            table_.size() == 0 ? "nothing has been counted yet" : "no key holds the text of the filter, / changes it",
            CellStyle::dim);
    }

private:
    std::string value_text(const ScreenRow& row, size_t figure) const {
        if (figure == table_.watched() && (shown_.is_variables || !row.figures[figure].is_number())) return row.text;
        return row.figures[figure].text();
    }
    // Of a range: the slot that has most, beside the count.
    bool has_remark() const {
        return !shown_.is_variables && !rows_.empty() && rows_.front()->figures[table_.watched()].is_number() &&
               std::any_of(rows_.begin(), rows_.end(), [](const ScreenRow* row) { return !row->text.empty(); });
    }

    void lay_out() {
        const size_t all = grid_.columns();
        size_t taken = 0;
        const auto add = [&](size_t figure) {
            size_t width = text_width(table_.figures()[figure].name) + 1;
            for (const ScreenRow* row : rows_) width = std::max(width, text_width(value_text(*row, figure)));
            const size_t most = shown_.is_variables ? all / 2 : std::max<size_t>(all / 4, 8);
            width = std::min(std::max<size_t>(width, 6), most);
            if (!figures_.empty() && taken + width + 1 + least_key > all) return;
            figures_.emplace_back(figure, width);
            taken += width + 1;
        };
        add(table_.watched());
        // Of a list one figure at a time is shown, as print() has many in a line; else all that there is room for.
        const bool is_list = table_.figures().size() == 5 && table_.figures()[1].name == "sum";
        for (size_t i = 0; i < table_.figures().size() && !is_list; ++i) {
            if (i != table_.watched()) add(i);
        }
        std::sort(figures_.begin(), figures_.end());
        if (taken + rate_width + 1 + least_key / 2 <= all) {
            rate_ = rate_width;
            taken += rate_width + 1;
        }
        size_t key = 3;
        for (const ScreenRow* row : rows_) key = std::max(key, text_width(table_.label(*row)));
        const size_t room = all - std::min(all, taken);
        line_ = room >= 120 ? 60 : room >= 76 ? 30 : room >= 40 ? 15 : 0;
        size_t rest = room - (line_ == 0 ? 0 : line_ + 1);
        if (has_remark()) {
            for (const ScreenRow* row : rows_) remark_ = std::max(remark_, text_width(row->text));
            remark_ = rest > least_key + 8 ? std::min(remark_, rest - least_key) : 0;
            rest -= remark_ == 0 ? 0 : remark_ + 1;
        }
        const size_t beside = rest > key + 1 ? rest - key - 1 : 0;
        bar_ = beside >= least_bar ? std::min(beside, most_bar) : rest >= least_key + least_bar + 1 ? least_bar : 0;
        key_ = rest - (bar_ == 0 ? 0 : bar_ + 1);
    }

    std::string mark(SortBy by) const {
        if (view_.rows.by != by) return " ";
        const bool down = (by == SortBy::key) == view_.rows.reversed;
        if (grid_.ascii()) return down ? "v" : "^";
        return down ? "▼" : "▲";
    }

    void heads() {
        size_t at = 0;
        grid_.put(2, at, key_, "KEY" + mark(SortBy::key), CellStyle::bold);
        at += key_ + 1;
        for (const auto& [figure, width] : figures_) {
            const bool watched = figure == table_.watched();
            grid_.put_right(2, at, width, upper(table_.figures()[figure].name) + (watched ? mark(SortBy::value) : " "),
                            watched ? CellStyle::bold : CellStyle::plain);
            at += width + 1;
        }
        if (remark_ != 0) {
            grid_.put(2, at, remark_, "MOST IN", CellStyle::plain);
            at += remark_ + 1;
        }
        if (rate_ != 0) {
            grid_.put_right(2, at, rate_, "RATE/s" + mark(SortBy::rate), CellStyle::bold);
            at += rate_ + 1;
        }
        if (bar_ != 0) at += bar_ + 1;
        if (line_ != 0) grid_.put(2, at, line_, "LAST MINUTE", CellStyle::plain);
    }

    void write_row(size_t row, const ScreenRow& one) {
        size_t at = 0;
        grid_.put(row, at, key_, table_.label(one), CellStyle::plain);
        at += key_ + 1;
        for (const auto& [figure, width] : figures_) {
            const std::string text = value_text(one, figure);
            const bool watched = figure == table_.watched();
            if (one.figures[figure].is_number() || !watched)
                grid_.put_right(row, at, width, text, watched ? CellStyle::bold : CellStyle::plain);
            else
                grid_.put(row, at, width, text, CellStyle::bold);
            at += width + 1;
        }
        if (remark_ != 0) {
            grid_.put(row, at, remark_, one.text, CellStyle::plain);
            at += remark_ + 1;
        }
        if (rate_ != 0) {
            if (one.rate_known) grid_.put_right(row, at, rate_ - 1, short_number(one.rate), CellStyle::plain);
            at += rate_ + 1;
        }
        if (bar_ != 0) {
            if (!shown_.is_variables) write_bar(row, at, one.figures[table_.watched()].number());
            at += bar_ + 1;
        }
        if (line_ != 0 && one.minute) write_line(row, at, *one.minute);
    }

    void write_bar(size_t row, size_t at, double value) {
        if (!(value > 0) || !std::isfinite(value) || !(table_.greatest() > 0)) return;
        const double length = std::min(value / table_.greatest(), 1.0) * static_cast<double>(bar_);
        if (grid_.ascii()) {
            const auto cells = std::max<size_t>(1, static_cast<size_t>(std::lround(length)));
            for (size_t i = 0; i < cells; ++i) grid_.set(row, at + i, U'#', CellStyle::bar);
            return;
        }
        const auto eighths = std::max<size_t>(1, static_cast<size_t>(std::lround(length * 8)));
        for (size_t i = 0; i < eighths / 8; ++i) grid_.set(row, at + i, U'█', CellStyle::bar);
        // U+258F is an eighth of a cell, U+2589 seven of them.
        if (eighths % 8 != 0)
            grid_.set(row, at + eighths / 8, static_cast<char32_t>(0x2590 - eighths % 8), CellStyle::bar);
    }

    // The newest whole second stands at the right end; each row by its own greatest.
    void write_line(size_t row, size_t at, const Minute& minute) {
        const uint64_t now = table_.time_ns();
        const size_t under_way = now % second_ns == 0 ? 0 : 1;
        const size_t each = 60 / line_;
        std::vector<std::optional<double>> points(line_);
        double greatest = 0;
        for (size_t i = 0; i < line_; ++i) {
            double sum = 0;
            size_t known = 0;
            for (size_t second = 0; second < each; ++second) {
                if (const std::optional<double> one = minute.ago(now, under_way + i * each + second)) {
                    sum += *one;
                    ++known;
                }
            }
            if (known == 0) continue;
            points[line_ - 1 - i] = sum / static_cast<double>(known);
            greatest = std::max(greatest, sum / static_cast<double>(known));
        }
        constexpr std::u32string_view marks = U"▁▂▃▄▅▆▇█";
        constexpr std::u32string_view ascii_marks = U"_.:-=+*#";
        for (size_t i = 0; i < line_; ++i) {
            if (!points[i]) continue;
            size_t level = 0;
            if (*points[i] > 0 && greatest > 0)
                level = std::clamp<size_t>(static_cast<size_t>(std::lround(*points[i] / greatest * 7)), 1, 7);
            grid_.set(row, at + i, (grid_.ascii() ? ascii_marks : marks)[level], CellStyle::line);
        }
    }

    Grid& grid_;
    const ScreenView& view_;
    const ScreenTables::Shown& shown_;
    const ScreenTable& table_;
    std::vector<const ScreenRow*> rows_;
    std::vector<std::pair<size_t, size_t>> figures_;  // which, and how wide
    size_t key_ = 0;
    size_t rate_ = 0;
    size_t remark_ = 0;
    size_t bar_ = 0;
    size_t line_ = 0;
};

struct HelpRow {
    std::string_view keys;
    std::string_view what;
    bool replay = false;
};
constexpr auto help_rows = std::to_array<HelpRow>({
    {"v r k", "sort by value, rate, key"},
    {"R", "reverse the order"},
    {"f", "the next figure: count, sum, avg, p50 ..."},
    {"/", "only keys that hold a text; Enter ends it, Esc clears"},
    {"Tab Right Left 1-9", "another table"},
    {"Down Up PgDn PgUp", "scroll; Home and End go to the ends"},
    {"space", "pause, and go on"},
    {"+ -", "replay: twice or half as fast", true},
    {"e", "replay: to the end at once", true},
    {"w", "write the screen to a file"},
    {"q", "quit"},
});

void draw_help(Grid& grid, bool is_replay) {
    size_t row = first_row;
    for (const HelpRow& one : help_rows) {
        if (one.replay && !is_replay) continue;
        if (row + 1 >= grid.rows()) return;
        grid.put(row, 1, 18, one.keys, CellStyle::bold);
        grid.put(row, 20, one.what, CellStyle::plain);
        ++row;
    }
}

size_t pane_rows(const Grid& grid, const ScreenView& view) {
    if (view.printed == nullptr || view.printed->empty()) return 0;
    return std::min({view.printed->size(), std::max<size_t>(grid.rows() / 5, 1), size_t{8}});
}

void draw_pane(Grid& grid, const ScreenView& view) {
    const size_t lines = pane_rows(grid, view);
    if (lines == 0) return;
    size_t row = grid.rows() - 2 - lines;
    size_t at =
        grid.put(row, 0, fmt::format("-- printed: {} line{} ", view.printed_lines, view.printed_lines == 1 ? "" : "s"),
                 CellStyle::dim);
    while (at < grid.columns()) grid.set(row, at++, U'-', CellStyle::dim);
    for (size_t i = view.printed->size() - lines; i < view.printed->size(); ++i)
        grid.put(++row, 0, (*view.printed)[i], CellStyle::plain);
}

void draw_too_small(Grid& grid) {
    std::string_view text = "too small: a window of 20x6 is wanted; q quits";
    for (size_t row = 0; row < grid.rows() && !text.empty() && grid.columns() != 0; ++row) {
        size_t length = std::min(text.size(), grid.columns());
        if (length < text.size() && text[length] != ' ') {
            const size_t blank = text.substr(0, length).rfind(' ');
            length = blank == std::string_view::npos || blank == 0 ? length : blank;
        }
        grid.put(row, 0, text.substr(0, length), CellStyle::plain);
        text.remove_prefix(length);
        if (text.starts_with(' ')) text.remove_prefix(1);
    }
}

}  // namespace

std::string duration_text(uint64_t ns) {
    const uint64_t seconds = ns / second_ns;
    if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
    return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

size_t rows_of_table(const Grid& grid, const ScreenView& view) {
    const size_t pane = pane_rows(grid, view);
    const size_t taken = first_row + 1 + (pane == 0 ? 0 : pane + 1);
    const size_t room = grid.rows() > taken ? grid.rows() - taken : 0;
    return view.most_rows == 0 ? room : std::min(room, view.most_rows);
}

void draw(Grid& grid, const ScreenView& view) {
    if (grid.columns() < least_columns || grid.rows() < least_rows) return draw_too_small(grid);
    draw_head(grid, view.head);
    if (view.help) {
        draw_help(grid, view.is_replay);
    } else if (view.tables == nullptr || view.tables->empty()) {
        grid.put(first_row, 1, "the script has no variables", CellStyle::dim);
    } else {
        draw_names(grid, view);
        TableWriter(grid, view, *(*view.tables)[view.chosen], rows_of_table(grid, view)).write();
        draw_pane(grid, view);
    }
    grid.put(grid.rows() - 1, 0, view.below, view.below_is_loud ? CellStyle::loud : CellStyle::dim);
}

}  // namespace probevue
