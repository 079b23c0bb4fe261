#include "runtime/sinks/csv_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "builtins/base/utf8.h"
#include "runtime/sinks/distribution_text.h"

namespace probevue {
namespace {

// RFC 4180, and more: blanks at the ends, which some readers take off, and empty texts, which some take for none at
// all.
bool needs_quotes(std::string_view text) {
    if (text.empty() || text.front() == ' ' || text.back() == ' ') return true;
    return std::any_of(text.begin(), text.end(), [](char c) {
        return c == '"' || c == ',' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
}

}  // namespace

void append_csv_field(TextBuffer& to, std::string_view text) {
    const bool quotes = needs_quotes(text);
    if (quotes) to.push('"');
    const auto append = [&](std::string_view run) {
        // A quote within quotes is doubled (RFC 4180, 2.7).
        for (size_t quote = run.find('"'); quote != std::string_view::npos; quote = run.find('"')) {
            to.append(run.substr(0, quote + 1));
            to.push('"');
            run.remove_prefix(quote + 1);
        }
        to.append(run);
    };
    for_each_utf8_run(text, append, [&] { to.append(replacement_character); });
    if (quotes) to.push('"');
}

void CsvValues::append_columns(std::vector<std::string>& to, const RecordField& field, const std::string& name,
                               std::string_view prefix, uint8_t list_values) {
    const auto named = [&](std::string_view number) { return fmt::format("{}{}", prefix, number); };
    if (field.kind == FieldKind::list) {
        for (const ListAggregate& aggregate : list_aggregates) {
            if ((list_values & aggregate.flag) != 0) to.push_back(named(aggregate.name));
        }
    } else if (field.kind == FieldKind::dist) {
        for (const DistributionFigure& figure : distribution_figures()) to.push_back(named(figure.name));
        to.push_back(named("sum"));
    } else {
        to.push_back(name);
    }
}

void CsvValues::append(CsvLine& line, const RecordField& field, const std::byte* at, uint8_t list_values) {
    switch (field.kind) {
        case FieldKind::integer:
            return field.is_signed ? append_signed(line.next(), load<int64_t>(at))
                                   : append_unsigned(line.next(), load<uint64_t>(at));
        case FieldKind::floating:
            if (std::isnan(load<double>(at))) return line.next().append("nan");
            return append_double(line.next(), load<double>(at));
        case FieldKind::string: {
            line.text(load_string(at, field.size));
            return;
        }
        case FieldKind::mac:
            return append_mac(line.next(), load<uint64_t>(at));
        case FieldKind::ip:
            return append_ip(line.next(), at);
        case FieldKind::timestamp:
            return append_time(line, load<uint64_t>(at));
        case FieldKind::path:
            line.text(names_.path(load<uint64_t>(at)));
            return;
        case FieldKind::stack: {
            std::string frames = names_.stack(load<uint64_t>(at), true);
            if (frames.ends_with('\n')) frames.pop_back();
            // A field may have several lines, but tools that go by lines would take it apart.
            std::replace(frames.begin(), frames.end(), '\n', ';');
            line.text(frames);
            return;
        }
        case FieldKind::bytes:
            return append_hex_bytes(line.next(), at, field.size);
        case FieldKind::list:
            for (const ListAggregate& aggregate : list_aggregates) {
                if ((list_values & aggregate.flag) != 0)
                    append_signed(line.next(), aggregate.value(load<ListValue>(at)));
            }
            return;
        case FieldKind::range:
            line.text(joined_slots(load<uint64_t>(at)));
            return;
        case FieldKind::dist:
            return append_distribution(line, load<uint64_t>(at));
        case FieldKind::distinct:
            return append_unsigned(line.next(), names_.distinct(load<uint64_t>(at)));
    }
}

void CsvValues::append_distribution(CsvLine& line, uint64_t handle) const {
    const Distribution none;
    const Distribution* found = names_.distribution(handle);
    const Distribution& of = found == nullptr ? none : *found;
    for (const DistributionFigure& figure : distribution_figures()) append_signed(line.next(), figure.value(of));
    append_signed(line.next(), of.sum());
}

std::string CsvValues::joined_slots(uint64_t handle) const {
    std::string out;
    for (const RangeSlotView& slot : names_.range(handle))
        out += fmt::format("{}{}={}", out.empty() ? "" : ";", slot.label, slot.count);
    return out;
}

}  // namespace probevue
