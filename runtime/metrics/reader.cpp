#include "runtime/metrics/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <utility>

#include "runtime/metrics/own.h"
#include "runtime/values/list.h"

namespace probevue {
namespace {

// Buckets of a range at the most; beyond it neighbouring slots share one.
// Each bucket is a series of its own in Prometheus.
constexpr size_t most_buckets = 64;

// Bounds of the buckets of a distribution: -2^62, ..., -2, -1, 0, 1, 3, 7, ..., 2^63 - 1. Bins never lie across them.
constexpr int bounds_below = 63;
int64_t bound(int number) {
    if (number < 0) return -(int64_t{1} << (-number - 1));
    return static_cast<int64_t>((uint64_t{1} << number) - 1);
}
// The number of the least bound that is not less than `value`.
int bound_of(int64_t value) {
    if (value >= 0) return static_cast<int>(std::bit_width(static_cast<uint64_t>(value)));
    // As a number without a sign: -2^63 has no magnitude of its own type.
    const int width = static_cast<int>(std::bit_width(~static_cast<uint64_t>(value) + 1));  // of its magnitude
    return -std::min(width, bounds_below);
}

std::vector<Distribution::Bin> bins_of(const Distribution* distribution) {
    return distribution == nullptr ? std::vector<Distribution::Bin>() : distribution->bins();
}

bool is_summable(FieldKind kind) {
    switch (kind) {
        case FieldKind::integer:
        case FieldKind::floating:
        case FieldKind::list:
        case FieldKind::range:
        case FieldKind::dist:
            return true;
        default:
            return false;
    }
}

MetricKind kind_of(const RecordField& field, const VariableFacts& facts) {
    switch (field.kind) {
        case FieldKind::integer:
        case FieldKind::floating:
            return facts.only_grows ? MetricKind::counter : MetricKind::gauge;
        case FieldKind::timestamp:
        case FieldKind::distinct:
            return MetricKind::gauge;
        case FieldKind::list:
            return MetricKind::summary;
        case FieldKind::range:
        case FieldKind::dist:
            return MetricKind::histogram;
        default:
            return MetricKind::info;
    }
}

// All names that lines of a family have.
std::vector<std::string> names_of(const std::string& name, MetricKind kind) {
    if (kind == MetricKind::summary) return {name, name + "_count", name + "_sum"};
    if (kind == MetricKind::histogram) return {name, name + "_bucket", name + "_count", name + "_sum"};
    return {name};
}

}  // namespace

bool has_metrics(const Program& program) {
    return std::any_of(program.maps.begin(), program.maps.end(), [](const MapDescription& map) {
        return map.kind == MapKind::array || (map.kind == MapKind::globals && !map.variables.empty());
    });
}

void SeriesValue::add(const SeriesValue& other) {
    whole += other.whole;
    real += other.real;
    count += other.count;
    for (const auto& [bound_at, more] : other.bins) bins[bound_at] += more;
    for (const auto& [slot, more] : other.slots) slots[slot] += more;
}

MetricsReader::MetricsReader(const Program& program, Engine& engine, uint64_t max_series)
    : program_(program), engine_(engine), max_series_(max_series) {
    context_.names.set_resolver(&engine.resolver());
    // Taken before any variable may claim one.
    for (const std::string_view name : own_names()) names_.emplace(name);
    for (uint32_t i = 0; i < program.maps.size(); ++i) {
        const MapDescription& map = program.maps[i];
        if (map.kind == MapKind::globals) {
            for (const VariableDescription& one : map.variables)
                variables_.emplace(&one, made(one.name, one.value, one.facts));
        }
        if (map.kind != MapKind::array) continue;
        Family family = made(map.layout.name, map.layout.value, map.layout.facts);
        family.keys = map.layout.keys;
        family.labels = label_names(map.layout.key_names, map.layout.keys.size());
        arrays_.emplace(i, std::move(family));
    }
}

bool MetricsReader::claim(const std::vector<std::string>& names) {
    // All or none: a family with half its names would tell another one's numbers.
    if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return names_.contains(name); }))
        return false;
    names_.insert(names.begin(), names.end());
    return true;
}

// A name that is one of ours, or another variable's, has `script` before it, and then a number behind it.
MetricsReader::Family MetricsReader::made(const std::string& name, const RecordField& value,
                                          const VariableFacts& facts) {
    Family out;
    out.variable = name;
    out.value = value;
    out.kind = kind_of(value, facts);
    const bool is_time = value.kind == FieldKind::timestamp;
    if (is_time) out.value.unit = Unit::nanoseconds;
    const std::string word = is_time && !name.ends_with("timestamp") ? name + "_timestamp" : name;
    for (int number = 0;; ++number) {
        const std::string tried = number == 0   ? word
                                  : number == 1 ? "script_" + word
                                                : fmt::format("script_{}_{}", word, number);
        out.name = family_name(tried, out.value.unit, out.kind);
        std::vector<std::string> names = names_of(out.name, out.kind);
        if (value.kind == FieldKind::range) {
            out.texts = family_name(tried, Unit::none, MetricKind::counter);
            names.push_back(out.texts);
        }
        if (claim(names)) break;
    }
    out.help = facts.comment.empty() ? fmt::format("variable `{}` of {}", name, program_.script_name) : facts.comment;
    return out;
}

void MetricsReader::read(std::string& to) {
    to_ = &to;
    engine_.visit(*this);
    append_dropped_head(to);
    for (const auto& [map, family] : arrays_) {
        if (family.keys.empty()) continue;
        to += "probevue_series_dropped{variable=\"";
        append_label_value(to, family.variable);
        fmt::format_to(std::back_inserter(to), "\"}} {}\n", family.left_out);
    }
    to_ = nullptr;
}

void MetricsReader::variable(const VariableDescription& variable, const std::byte* value) {
    const auto at = variables_.find(&variable);
    if (at == variables_.end()) return;
    Family& family = at->second;
    Series one{{}, value_of(family, value)};
    if (family.kind == MetricKind::info) {
        one.labels = "value=\"";
        append_label_value(one.labels, text_of(family.value, value));
        one.labels += '"';
    }
    write(family, {one});
}

double MetricsReader::rank_of(const RecordField& field, const std::byte* value) const {
    switch (field.kind) {
        case FieldKind::integer:
            return field.is_signed ? static_cast<double>(load<int64_t>(value))
                                   : static_cast<double>(load<uint64_t>(value));
        case FieldKind::floating: {
            // What is no number has no place in an order: behind all others, or sorting would mix those.
            const double number = load<double>(value);
            return std::isnan(number) ? -std::numeric_limits<double>::infinity() : number;
        }
        case FieldKind::timestamp:
            return static_cast<double>(load<uint64_t>(value));
        case FieldKind::list:
            return static_cast<double>(load<ListValue>(value).count);
        case FieldKind::dist: {
            const Distribution* of = context_.names.distribution(load<uint64_t>(value));
            return of == nullptr ? 0 : static_cast<double>(of->count());
        }
        case FieldKind::range: {
            double all = 0;
            for (const RangeSlotView& slot : context_.names.range(load<uint64_t>(value)))
                all += static_cast<double>(slot.count);
            return all;
        }
        case FieldKind::distinct:
            return static_cast<double>(context_.names.distinct(load<uint64_t>(value)));
        default:
            return 0;
    }
}

// The elements that are shown by themselves first, the greatest before; the others in no order. Equal ones by their
// keys, so that the same are shown each time.
std::vector<MetricsReader::Element> MetricsReader::greatest_first(const Family& family,
                                                                  const AssociativeArray& elements) const {
    std::vector<Element> all;
    elements.for_each([&](const std::byte* key, const std::byte* value) {
        all.push_back({key, value + family.value.offset, rank_of(family.value, value + family.value.offset)});
    });
    // Keys end where their last field does; what lies behind it in the element is the value.
    uint32_t size = 0;
    for (const RecordField& key : family.keys) size = std::max(size, key.offset + key.size);
    const auto before = [size](const Element& a, const Element& b) {
        if (a.rank != b.rank) return a.rank > b.rank;
        return std::memcmp(a.key, b.key, size) < 0;
    };
    const size_t shown = static_cast<size_t>(std::min<uint64_t>(all.size(), max_series_));
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(shown);
    if (end != all.end()) std::nth_element(all.begin(), end, all.end(), before);
    std::sort(all.begin(), end, before);
    return all;
}

SeriesValue MetricsReader::value_of(const Family& family, const std::byte* value) const {
    SeriesValue out;
    const RecordField& field = family.value;
    switch (field.kind) {
        case FieldKind::integer:
            out.whole = field.is_signed ? static_cast<__int128>(load<int64_t>(value))
                                        : static_cast<__int128>(load<uint64_t>(value));
            // A counter that has left its type goes on: as a number without a sign it grows to where it begins anew,
            // which who reads it understands.
            if (family.kind == MetricKind::counter && out.whole < 0) out.whole += __int128{1} << 8 * field.width;
            break;
        case FieldKind::timestamp:
            out.whole = load<uint64_t>(value);
            break;
        case FieldKind::floating:
            out.real = load<double>(value);
            break;
        case FieldKind::list: {
            const auto list = load<ListValue>(value);
            out.count = static_cast<uint64_t>(list.count);
            out.whole = list.sum;
            break;
        }
        case FieldKind::dist: {
            const Distribution* of = context_.names.distribution(load<uint64_t>(value));
            if (of == nullptr) break;
            out.count = of->count();
            out.whole = of->sum();
            for (const Distribution::Bin& bin : bins_of(of)) out.bins[bound(bound_of(bin.to))] += bin.count;
            break;
        }
        case FieldKind::range: {
            const std::vector<RangeSlotView> slots = context_.names.range(load<uint64_t>(value));
            const bool texts = slots.size() > 1 && !slots.front().to;
            // The last one is that of what fits no slot.
            // Rounded up, of all slots but that one.
            const size_t together = (slots.size() + most_buckets - 2) / most_buckets;
            for (size_t i = 0; i < slots.size(); ++i) {
                out.count += slots[i].count;
                if (texts) {
                    out.slots[slots[i].label] += slots[i].count;
                } else if (slots[i].to) {
                    const size_t last = std::min((i / together + 1) * together, slots.size() - 1) - 1;
                    out.bins[*slots[last].to] += slots[i].count;
                }
            }
            break;
        }
        case FieldKind::distinct:
            out.whole = context_.names.distinct(load<uint64_t>(value));
            break;
        default:
            out.whole = 1;
    }
    return out;
}

std::string MetricsReader::text_of(const RecordField& field, const std::byte* value) {
    if (field.kind == FieldKind::string) return std::string(load_string(value, field.size));
    if (field.kind == FieldKind::path) return context_.names.path(load<uint64_t>(value));
    RecordField plain = field;
    plain.unit = Unit::none;
    TextBuffer out;
    append_value(out, plain, value, context_, ArrayPrintOptions::list_all);
    return std::string(out.view());
}

std::string MetricsReader::labels_of(const Family& family, const Element& element) {
    std::string out;
    const auto label = [&](std::string_view name, const RecordField& field, const std::byte* at) {
        if (!out.empty()) out += ',';
        out += name;
        out += "=\"";
        append_label_value(out, text_of(field, at));
        out += '"';
    };
    for (size_t i = 0; i < family.keys.size(); ++i)
        label(family.labels[i], family.keys[i], element.key + family.keys[i].offset);
    if (family.kind == MetricKind::info) label("value", family.value, element.value);
    return out;
}

void MetricsReader::array(uint32_t map, const ArrayLayout&, const AssociativeArray& elements, uint64_t) {
    const auto at = arrays_.find(map);
    if (at == arrays_.end()) return;
    Family& family = at->second;
    const bool summable = is_summable(family.value.kind);
    const std::vector<Element> all = greatest_first(family, elements);
    const size_t shown = static_cast<size_t>(std::min<uint64_t>(all.size(), max_series_));
    family.left_out = all.size() - shown;
    std::vector<Series> series;
    std::map<std::string, size_t> places;  // different keys may have one text
    const auto put = [&](std::string labels, SeriesValue value) {
        const auto [place, is_new] = places.emplace(labels, series.size());
        if (is_new) return series.push_back({std::move(labels), std::move(value)});
        if (summable)
            series[place->second].value.add(value);
        else
            ++family.left_out;
    };
    for (size_t i = 0; i < shown; ++i) put(labels_of(family, all[i]), value_of(family, all[i].value));
    if (shown < all.size() && summable) {
        SeriesValue rest;
        for (size_t i = shown; i < all.size(); ++i) rest.add(value_of(family, all[i].value));
        std::string labels;
        for (const std::string& name : family.labels)
            labels += fmt::format("{}{}=\"other\"", labels.empty() ? "" : ",", name);
        put(std::move(labels), std::move(rest));
    }
    write(family, series);
}

void MetricsReader::write_head(std::string_view name, const Family& family, std::string_view type) {
    *to_ += fmt::format("# HELP {} ", name);
    append_help(*to_, family.help);
    *to_ += fmt::format("\n# TYPE {} {}\n", name, type);
}

// What comes before the value.
void MetricsReader::write_line(std::string_view name, std::string_view suffix, std::string_view labels,
                               std::string_view more) {
    std::string& to = *to_;
    to += name;
    to += suffix;
    if (!labels.empty() || !more.empty()) {
        to += '{';
        to += labels;
        if (!labels.empty() && !more.empty()) to += ',';
        to += more;
        to += '}';
    }
    to += ' ';
}

void MetricsReader::write_histogram(const Family& family, const Series& one) {
    uint64_t cumulative = 0;
    for (const int64_t le : family.bounds) {
        if (const auto bin = one.value.bins.find(le); bin != one.value.bins.end()) cumulative += bin->second;
        std::string text = "le=\"";
        append_in_base_unit(text, static_cast<__int128>(le), family.value.unit);
        write_line(family.name, "_bucket", one.labels, text + '"');
        *to_ += fmt::format("{}\n", cumulative);
    }
    write_line(family.name, "_bucket", one.labels, "le=\"+Inf\"");
    *to_ += fmt::format("{}\n", one.value.count);
}

void MetricsReader::write(Family& family, const std::vector<Series>& all) {
    if (all.empty()) return;
    const bool texts = std::any_of(all.begin(), all.end(), [](const Series& one) { return !one.value.slots.empty(); });
    if (texts) {
        write_head(family.texts, family, "counter");
        for (const Series& one : all) {
            for (const auto& [slot, count] : one.value.slots) {
                std::string label = "slot=\"";
                append_label_value(label, slot);
                write_line(family.texts, "", one.labels, label + '"');
                *to_ += fmt::format("{}\n", count);
            }
        }
        return;
    }
    write_head(family.name, family, type_name(family.kind));
    if (family.kind == MetricKind::histogram) {
        for (const Series& one : all) {
            for (const auto& bin : one.value.bins) family.bounds.insert(bin.first);
        }
        if (family.value.kind == FieldKind::dist && !family.bounds.empty()) {
            const int last = bound_of(*family.bounds.rbegin());
            for (int i = bound_of(*family.bounds.begin()); i < last; ++i) family.bounds.insert(bound(i));
        }
    }
    const bool has_count = family.kind == MetricKind::summary || family.kind == MetricKind::histogram;
    for (const Series& one : all) {
        if (family.kind == MetricKind::histogram) write_histogram(family, one);
        // What ranges count is not added up.
        if (family.value.kind != FieldKind::range) {
            write_line(family.name, has_count ? "_sum" : "", one.labels, "");
            if (family.value.kind == FieldKind::floating)
                append_in_base_unit(*to_, one.value.real, family.value.unit);
            else
                append_in_base_unit(*to_, one.value.whole, family.value.unit);
            *to_ += '\n';
        }
        if (!has_count) continue;
        write_line(family.name, "_count", one.labels, "");
        *to_ += fmt::format("{}\n", one.value.count);
    }
}

}  // namespace probevue
