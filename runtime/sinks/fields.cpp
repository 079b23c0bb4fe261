#include "runtime/sinks/fields.h"

#include <algorithm>
#include <charconv>

#include "builtins/base/shown.h"
#include "runtime/sinks/distribution_text.h"
#include "runtime/sinks/si_text.h"

namespace probevue {
namespace {

void append_hex_number(TextBuffer& to, uint64_t value, int bytes) {
    to.append("0x");
    for (int shift = bytes * 8 - 4; shift >= 0; shift -= 4) to.push("0123456789abcdef"[value >> shift & 15]);
}

std::string hex_number(uint64_t value) {
    TextBuffer text;
    append_hex_number(text, value, 8);
    return std::string(text.view());
}

// A line must stay a line, and nothing from outside may steer the terminal.
void append_on_one_line(TextBuffer& to, std::string_view text, const TextContext& context) {
    if (context.on_terminal) return append_outside(to, text, context);
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) {
            to.push(c);
        } else if (c == '\n') {
            to.append("\\n");
        } else if (c == '\t') {
            to.append("\\t");
        } else if (c == '\r') {
            to.append("\\r");
        } else {
            to.append("\\x");
            to.push("0123456789abcdef"[byte >> 4]);
            to.push("0123456789abcdef"[byte & 15]);
        }
    }
}

void append_frames(TextBuffer& to, std::string frames, const TextContext& context) {
    if (frames.ends_with('\n')) frames.pop_back();
    std::replace(frames.begin(), frames.end(), '\n', ';');
    append_outside(to, frames, context);
}

void append_list(TextBuffer& to, const ListValue& list, uint8_t wanted, Unit unit) {
    bool first = true;
    for (const ListAggregate& aggregate : list_aggregates) {
        if ((wanted & aggregate.flag) == 0) continue;
        if (!first) to.push(' ');
        first = false;
        to.append(aggregate.name);
        to.push('=');
        if (aggregate.flag == ArrayPrintOptions::list_count || unit == Unit::none)
            append_signed(to, aggregate.value(list));
        else
            to.append(si_text(aggregate.value(list), unit));
    }
}

}  // namespace

void append_outside(TextBuffer& to, std::string_view text, const TextContext& context) {
    if (context.on_terminal && !is_shown_plain(text)) return to.append(shown(text));
    to.append(text);
}

void append_unsigned(TextBuffer& to, uint64_t value) {
    char* begin = to.room(24);
    to.advance(std::to_chars(begin, begin + 24, value).ptr);
}

void append_signed(TextBuffer& to, int64_t value) {
    char* begin = to.room(24);
    to.advance(std::to_chars(begin, begin + 24, value).ptr);
}

void append_double(TextBuffer& to, double value) {
    char* begin = to.room(40);
    to.advance(std::to_chars(begin, begin + 40, value).ptr);
}

void append_hex(TextBuffer& to, uint64_t value) {
    to.append("0x");
    char* begin = to.room(24);
    to.advance(std::to_chars(begin, begin + 24, value, 16).ptr);
}

void append_hex_bytes(TextBuffer& to, const std::byte* bytes, size_t size) {
    char* at = to.room(size * 2);
    for (size_t i = 0; i < size; ++i) {
        const auto byte = static_cast<unsigned>(bytes[i]);
        *at++ = "0123456789abcdef"[byte >> 4];
        *at++ = "0123456789abcdef"[byte & 15];
    }
    to.advance(at);
}

void append_ip(TextBuffer& to, const std::byte* address) {
    char* begin = to.room(address_text_size);
    to.advance(begin + format_ip(load<IpAddress>(address), begin));
}

void append_hex_ip(TextBuffer& to, const std::byte* at) {
    const auto address = load<IpAddress>(at);
    to.append("0x");
    append_hex_bytes(to, at, IpAddress::bits(address.version()) / 8);
    if (const std::optional<unsigned> length = address.length()) to.append('/' + std::to_string(*length));
}

void append_mac(TextBuffer& to, uint64_t mac) {
    char* begin = to.room(24);
    to.advance(begin + format_mac(mac, begin));
}

void Names::append_host(TextBuffer& to, const std::byte* address) const {
    if (resolver_ == nullptr || !resolve_hosts_) return append_ip(to, address);
    to.append(shown(resolver_->host_name(address)));  // who answers may be anybody
}

std::string Names::path(uint64_t identifier) const {
    return resolver_ == nullptr ? hex_number(identifier) : resolver_->path(identifier);
}

std::string Names::stack(uint64_t identifier, bool symbols) const {
    std::string text = resolver_ == nullptr ? hex_number(identifier) : resolver_->stack(identifier, symbols);
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    return text;
}

std::string Names::folded_stack(uint64_t identifier) const {
    return resolver_ == nullptr ? hex_number(identifier) : resolver_->folded_stack(identifier);
}

std::vector<RangeSlotView> Names::range(uint64_t handle) const {
    return resolver_ == nullptr ? std::vector<RangeSlotView>{} : resolver_->range_slots(handle);
}

const Distribution* Names::distribution(uint64_t handle) const {
    return resolver_ == nullptr ? nullptr : resolver_->distribution(handle);
}

uint64_t Names::distinct(uint64_t handle) const { return resolver_ == nullptr ? 0 : resolver_->distinct(handle); }

void append_value(TextBuffer& to, const RecordField& field, const std::byte* at, TextContext& context,
                  uint8_t list_values) {
    const Unit unit = context.si ? field.unit : Unit::none;
    switch (field.kind) {
        case FieldKind::integer:
            if (unit != Unit::none)
                return to.append(field.is_signed ? si_text(load<int64_t>(at), unit)
                                                 : si_text(load<uint64_t>(at), unit));
            return field.is_signed ? append_signed(to, load<int64_t>(at)) : append_unsigned(to, load<uint64_t>(at));
        case FieldKind::floating:
            if (unit != Unit::none) return to.append(si_text(load<double>(at), unit));
            return append_double(to, load<double>(at));
        case FieldKind::string:
            return append_on_one_line(to, load_string(at, field.size), context);
        case FieldKind::mac:
            return append_mac(to, load<uint64_t>(at));
        case FieldKind::ip:
            return append_ip(to, at);
        case FieldKind::timestamp:
            return context.date.append(to, load<uint64_t>(at));
        case FieldKind::path:
            return append_on_one_line(to, context.names.path(load<uint64_t>(at)), context);
        case FieldKind::stack:
            return append_frames(to, context.names.stack(load<uint64_t>(at), true), context);
        case FieldKind::bytes:
            return append_hex_bytes(to, at, field.size);
        case FieldKind::list:
            return append_list(to, load<ListValue>(at), list_values, unit);
        case FieldKind::range:
            return;
        case FieldKind::dist:
            return append_distribution(to, context.names.distribution(load<uint64_t>(at)), unit);
        case FieldKind::distinct:
            return append_unsigned(to, context.names.distinct(load<uint64_t>(at)));
    }
}

void append_trace(TextBuffer& to, const RecordField& field, const std::byte* at, TextContext& context) {
    switch (field.kind) {
        case FieldKind::integer:
            return append_hex_number(to, load<uint64_t>(at), field.width);
        case FieldKind::mac:
            return append_hex_number(to, load<uint64_t>(at), 6);
        case FieldKind::floating:
        case FieldKind::timestamp:
        case FieldKind::range:
        case FieldKind::dist:
        case FieldKind::distinct:
            return append_hex_number(to, load<uint64_t>(at), 8);
        case FieldKind::ip:
            return append_hex_ip(to, at);
        case FieldKind::string:
            return append_outside(to, load_string(at, field.size), context);
        case FieldKind::path:
            return append_outside(to, context.names.path(load<uint64_t>(at)), context);
        case FieldKind::stack:
            return append_frames(to, context.names.stack(load<uint64_t>(at), false), context);
        case FieldKind::bytes:
            return append_hex_bytes(to, at, field.size);
        case FieldKind::list:
            return append_list(to, load<ListValue>(at), ArrayPrintOptions::list_all, Unit::none);
    }
}

}  // namespace probevue
