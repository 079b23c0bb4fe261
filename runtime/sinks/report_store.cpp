#include "runtime/sinks/report_store.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

namespace probevue {
namespace {

enum class Piece : uint8_t { text, print };

// Units as they lie in memory: what is written here is read in the same process (ReportStore::write), and nothing is
// checked.
class Writer {
public:
    explicit Writer(TextBuffer& to) : to_(to) {}
    template <typename T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
    void operator()(const T& value) { to_.append({reinterpret_cast<const char*>(&value), sizeof value}); }
    void operator()(const std::string& text) {
        (*this)(text.size());
        to_.append(text);
    }
    template <typename T>
    void operator()(const std::vector<T>& items) {
        (*this)(items.size());
        for (const T& item : items) (*this)(item);
    }
    template <typename T>
    requires std::is_class_v<T>
    void operator()(const T& item) { each(*this, item); }

private:
    TextBuffer& to_;
};

class Reader {
public:
    explicit Reader(std::string_view from) : from_(from) {}
    bool empty() const { return from_.empty(); }
    template <typename T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
    void operator()(T& value) {
        std::memcpy(&value, from_.data(), sizeof value);
        from_.remove_prefix(sizeof value);
    }
    void operator()(std::string& text) {
        size_t size = 0;
        (*this)(size);
        text = from_.substr(0, size);
        from_.remove_prefix(size);
    }
    template <typename T>
    void operator()(std::vector<T>& items) {
        size_t size = 0;
        (*this)(size);
        items.resize(size);
        for (T& item : items) (*this)(item);
    }
    template <typename T>
    requires std::is_class_v<T>
    void operator()(T& item) { each(*this, item); }

private:
    std::string_view from_;
};

// What a unit has, for both ways.
template <typename Way, typename... Parts>
void all(Way& way, Parts&... parts) {
    (way(parts), ...);
}
template <typename Way, typename Item>
void each(Way& way, Item& item) {
    using Plain = std::remove_const_t<Item>;
    if constexpr (std::is_same_v<Plain, ReportText>) {
        all(way, item.text, item.time_ns, item.told, item.site, item.names, item.values);
    } else if constexpr (std::is_same_v<Plain, ReportBin>) {
        all(way, item.from, item.to, item.count, item.label);
    } else if constexpr (std::is_same_v<Plain, ReportRow>) {
        all(way, item.cells, item.number, item.low, item.high, item.middle, item.bins);
    } else if constexpr (std::is_same_v<Plain, ReportPrint::Column>) {
        all(way, item.name, item.number);
    } else {
        static_assert(std::is_same_v<Plain, ReportPrint>);
        all(way, item.name, item.how, item.probe, item.unit, item.columns, item.keys, item.shape, item.zero_when_absent,
            item.whole, item.time_ns, item.elements, item.wanted, item.rest_sum, item.rows);
    }
}

std::string key_of(const ReportPrint& print, const ReportRow& row) {
    std::string out;
    for (uint64_t i = 0; i < print.keys && i < row.cells.size(); ++i) out += (i == 0 ? "" : ", ") + row.cells[i];
    return out.empty() ? print.name : out;
}

}  // namespace

void append_unit(TextBuffer& to, const ReportText& text) {
    Writer writer(to);
    writer(Piece::text);
    writer(text);
}

void append_unit(TextBuffer& to, const ReportPrint& print) {
    Writer writer(to);
    writer(Piece::print);
    writer(print);
}

// Whole units come at a time: sections part nothing that was appended at once.
void ReportStore::write(Stream stream, std::string_view text) {
    if (stream == Stream::error) return output_->write(stream, text);
    Reader reader(text);
    while (!reader.empty()) {
        Piece unit{};
        reader(unit);
        if (unit == Piece::text) {
            ReportText item;
            reader(item);
            take(item);
        } else {
            ReportPrint item;
            reader(item);
            take(std::move(item));
        }
    }
}

ReportData& ReportStore::end() {
    if (!line_.empty()) take_line(std::exchange(line_, {}));
    return data_;
}

void ReportStore::take(const ReportText& text) {
    data_.end_ns = std::max(data_.end_ns, text.time_ns);
    if (text.told) {
        std::string_view line = text.text;
        if (line.ends_with('\n')) line.remove_suffix(1);
        // `n = 12`, or how often a clause without contents was run for: `12  @@net:...`
        const bool counter = !line.empty() && line.front() >= '0' && line.front() <= '9';
        const std::string_view between = counter ? "  " : " = ";
        const size_t at = line.find(between);
        if (at != std::string_view::npos) {
            const std::string_view before = line.substr(0, at);
            const std::string_view behind = line.substr(at + between.size());
            data_.variables.emplace_back(counter ? behind : before, counter ? before : behind);
            return;
        }
    }
    if (text.site != 0) take_numbers(text);
    std::string_view rest = text.text;
    for (size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        line_ += rest.substr(0, end);
        take_line(std::exchange(line_, {}));
        rest.remove_prefix(end + 1);
    }
    // What is beyond the longest line is cut when the line ends; until then memory is bounded here.
    if (line_.size() < 2 * limits_.line_bytes) line_ += rest.substr(0, 2 * limits_.line_bytes);
}

void ReportStore::take_line(std::string line) {
    if (line.size() > limits_.line_bytes) {
        line.resize(limits_.line_bytes);
        line += "…";
    }
    ++data_.lines;
    if (data_.first_lines.size() < limits_.lines / 2) return data_.first_lines.push_back(std::move(line));
    data_.last_lines.push_back(std::move(line));
    if (data_.last_lines.size() > limits_.lines / 2) data_.last_lines.pop_front();
}

void ReportStore::take_numbers(const ReportText& text) {
    const auto [found, fresh] = numbers_.try_emplace(text.site, data_.numbers.size());
    if (fresh) {
        data_.numbers.emplace_back();
        data_.numbers.back().names = text.names;
        data_.numbers.back().values.resize(text.names.size());
    }
    ReportNumbers& numbers = data_.numbers[found->second];
    ++numbers.prints;
    // Beyond the limit they are only counted (`prints`).
    if (points_ + text.values.size() > limits_.points) return;
    points_ += text.values.size();
    numbers.times.push_back(text.time_ns);
    for (size_t i = 0; i < text.values.size(); ++i) numbers.values[i].push_back(text.values[i]);
}

void ReportStore::take(ReportPrint print) {
    data_.end_ns = std::max(data_.end_ns, print.time_ns);
    std::string id = print.name + '\n' + print.how + '\n' + print.probe;
    for (const ReportPrint::Column& column : print.columns) id += '\n' + column.name;
    const auto [found, fresh] = arrays_.try_emplace(std::move(id), data_.arrays.size());
    if (fresh) data_.arrays.emplace_back();
    ReportArray& array = data_.arrays[found->second];
    ++array.prints;
    keep(array, print);
    array.last = std::move(print);
}

void ReportStore::keep(ReportArray& array, const ReportPrint& print) {
    if (print.shape == ReportShape::plain || print.shape == ReportShape::ranges) return;
    size_t needed = 1;
    for (const ReportRow& row : print.rows) needed += 1 + row.bins.size();
    // Once there was no room none is kept any more: a line with gaps would look as if nothing had happened there.
    if (array.not_kept != 0 || points_ + needed > limits_.points) {
        ++array.not_kept;
        return;
    }
    points_ += needed;
    const auto number = static_cast<uint32_t>(array.times.size());
    array.times.push_back(print.time_ns);
    array.whole.push_back(print.rows.size() == print.elements);
    for (const ReportRow& row : print.rows) {
        const std::string key = key_of(print, row);
        const double value = print.shape == ReportShape::lists ? row.middle : row.number;
        array.points[key].push_back({number, value});
        if (!row.bins.empty()) array.bins[key].push_back({number, row.bins});
    }
}

}  // namespace probevue
