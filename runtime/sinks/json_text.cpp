#include "runtime/sinks/json_text.h"

#include <cmath>

#include "builtins/base/shown.h"
#include "builtins/base/text.h"
#include "builtins/base/utf8.h"
#include "runtime/sinks/distribution_text.h"

namespace probevue {
namespace {

void append_escape(TextBuffer& to, unsigned char c) {
    switch (c) {
        case '"':
            return to.append("\\\"");
        case '\\':
            return to.append("\\\\");
        case '\n':
            return to.append("\\n");
        case '\t':
            return to.append("\\t");
        case '\r':
            return to.append("\\r");
        default:
            to.append("\\u00");
            to.push("0123456789abcdef"[c >> 4]);
            to.push("0123456789abcdef"[c & 15]);
    }
}

// What goes over as it is; most texts are that from end to end, and are copied in one piece.
bool is_simple(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

}  // namespace

void append_json_string(TextBuffer& to, std::string_view text) {
    to.push('"');
    while (!text.empty()) {
        size_t simple = 0;
        while (simple < text.size() && is_simple(text[simple])) ++simple;
        to.append(text.substr(0, simple));
        text.remove_prefix(simple);
        if (text.empty()) break;
        const Utf8Sequence sequence = utf8_sequence_at(text);
        if (!sequence.valid) {
            to.append("\\ufffd");
        } else if (sequence.size == 1) {
            append_escape(to, static_cast<unsigned char>(text[0]));
        } else if (const char32_t code = code_point(text.substr(0, sequence.size)); steers(code)) {
            to.append("\\u");  // terminals take U+009B for ESC [
            for (int shift = 12; shift >= 0; shift -= 4) to.push("0123456789abcdef"[code >> shift & 15]);
        } else {
            to.append(text.substr(0, sequence.size));
        }
        text.remove_prefix(sequence.size);
    }
    to.push('"');
}

void JsonValues::append(TextBuffer& to, const RecordField& field, const std::byte* at, uint8_t list_values) {
    const auto quoted = [&](auto&& body) {
        to.push('"');
        body();
        to.push('"');
    };
    switch (field.kind) {
        case FieldKind::integer:
            return field.is_signed ? append_signed(to, load<int64_t>(at)) : append_unsigned(to, load<uint64_t>(at));
        case FieldKind::floating: {
            const auto value = load<double>(at);
            // JSON has numbers for no others (RFC 8259, 6).
            if (std::isfinite(value)) return append_double(to, value);
            return to.append(std::isnan(value) ? "\"nan\"" : value < 0 ? "\"-inf\"" : "\"inf\"");
        }
        case FieldKind::string:
            return append_json_string(to, load_string(at, field.size));
        case FieldKind::mac:
            return quoted([&] { append_mac(to, load<uint64_t>(at)); });
        case FieldKind::ip:
            return quoted([&] { append_ip(to, at); });
        case FieldKind::timestamp:
            return append_time(to, load<uint64_t>(at));
        case FieldKind::path:
            return append_json_string(to, names_.path(load<uint64_t>(at)));
        case FieldKind::stack:
            return append_stack(to, load<uint64_t>(at));
        case FieldKind::bytes:
            return quoted([&] { append_hex_bytes(to, at, field.size); });
        case FieldKind::list:
            return append_list(to, load<ListValue>(at), list_values);
        case FieldKind::range:
            return append_range(to, load<uint64_t>(at));
        case FieldKind::dist:
            return append_distribution(to, load<uint64_t>(at));
        case FieldKind::distinct:
            return append_unsigned(to, names_.distinct(load<uint64_t>(at)));
    }
}

void JsonValues::append_time(TextBuffer& to, uint64_t time_ns) {
    to.push('"');
    date_.append(to, time_ns);
    to.push('"');
}

void JsonValues::append_list(TextBuffer& to, const ListValue& list, uint8_t wanted) const {
    char separator = '{';
    for (const ListAggregate& aggregate : list_aggregates) {
        if ((wanted & aggregate.flag) == 0) continue;
        to.push(separator);
        separator = ',';
        append_json_string(to, aggregate.name);
        to.push(':');
        append_signed(to, aggregate.value(list));
    }
    to.append(separator == '{' ? "{}" : "}");
}

void JsonValues::append_range(TextBuffer& to, uint64_t handle) const {
    to.append("{\"slots\":[");
    append_all(to, names_.range(handle), [&](const RangeSlotView& slot) {
        to.append("{\"label\":");
        append_json_string(to, slot.label);
        to.append(",\"count\":");
        append_unsigned(to, slot.count);
        to.push('}');
    });
    to.push('}');
}

// The bins are all there is: whoever has them from several runs adds their counts.
void JsonValues::append_distribution(TextBuffer& to, uint64_t handle) const {
    const Distribution none;
    const Distribution* found = names_.distribution(handle);
    const Distribution& of = found == nullptr ? none : *found;
    to.push('{');
    for (const DistributionFigure& figure : distribution_figures()) {
        append_json_string(to, figure.name);
        to.push(':');
        append_signed(to, figure.value(of));
        to.push(',');
    }
    to.append("\"sum\":");
    append_signed(to, of.sum());
    to.append(",\"bins\":[");
    append_all(to, of.bins(), [&](const Distribution::Bin& bin) {
        to.append("{\"from\":");
        append_signed(to, bin.from);
        to.append(",\"to\":");
        append_signed(to, bin.to);
        to.append(",\"count\":");
        append_unsigned(to, bin.count);
        to.push('}');
    });
    to.push('}');
}

void JsonValues::append_stack(TextBuffer& to, uint64_t identifier) const {
    std::string frames = names_.stack(identifier, true);
    if (frames.ends_with('\n')) frames.pop_back();
    to.push('[');
    const std::vector<std::string_view> lines = frames.empty() ? std::vector<std::string_view>{} : split(frames, '\n');
    append_all(to, lines, [&](std::string_view frame) { append_json_string(to, frame); });
}

}  // namespace probevue
