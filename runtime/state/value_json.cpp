#include "runtime/state/value_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>

#include "builtins/base/address.h"
#include "builtins/base/utf8.h"
#include "runtime/sinks/fields.h"
#include "runtime/sinks/json_text.h"
#include "runtime/values/list.h"
#include "runtime/values/narrow.h"

namespace probevue {
namespace {

template <typename Number>
void append_number(TextBuffer& to, Number value) {
    // Bytes: 64 bits have 20 digits at the most, or 19 and a sign.
    constexpr size_t longest = 24;
    char* const room = to.room(longest);
    to.advance(std::to_chars(room, room + longest, value).ptr);
}

template <typename T>
void store(std::byte* at, const T& value) {
    std::memcpy(at, &value, sizeof value);
}

void append_hex(TextBuffer& to, std::string_view bytes) {
    for (const char byte : bytes) to.append(fmt::format("{:02x}", static_cast<unsigned char>(byte)));
}

// JSON is UTF-8 (RFC 8259, 8.1), and Strings of the language are any bytes.
bool is_utf8(std::string_view text) {
    bool good = true;
    for_each_utf8_run(
        text, [](std::string_view) {}, [&] { good = false; });
    return good;
}

// Text as text, other bytes as {"hex": "..."}.
void append_text(TextBuffer& to, std::string_view text) {
    if (is_utf8(text)) return append_json_string(to, text);
    to.append("{\"hex\":\"");
    append_hex(to, text);
    to.append("\"}");
}

std::string_view string_of(const std::byte* at, size_t size) {
    const auto* text = reinterpret_cast<const char*>(at);
    return {text, strnlen(text, size)};
}

void append_range(TextBuffer& to, const Machine& machine, uint64_t handle) {
    // None as well where the range has got other slots since: a state has the number of the range only, and that means
    // those it has now.
    const auto view = machine.ranges.view(handle);
    if (!view) return to.append("null");
    to.append(fmt::format("{{\"range\":{},\"others\":{},\"slots\":[", view->range, view->others));
    append_all(to, view->slots, [&](uint64_t count) { append_number(to, count); });
    to.push('}');
}

void append_distribution(TextBuffer& to, const Machine& machine, uint64_t handle) {
    const Distribution* found = machine.summaries.distributions.find(handle);
    if (found == nullptr || found->count() == 0) return to.append("null");
    to.append(fmt::format("{{\"sum\":{},\"min\":{},\"max\":{},\"bins\":[", found->sum(), found->min(), found->max()));
    append_all(to, found->bins(),
               [&](const Distribution::Bin& bin) { to.append(fmt::format("[{},{}]", bin.from, bin.count)); });
    to.push('}');
}

void append_distinct(TextBuffer& to, const Machine& machine, uint64_t handle) {
    const Distinct* found = machine.summaries.distincts.find(handle);
    if (found == nullptr) return to.append("null");
    if (found->is_exact()) {
        to.append("{\"hashes\":[");
        std::vector<uint64_t> hashes = found->hashes();
        std::sort(hashes.begin(), hashes.end());  // the same state, byte for byte
        append_all(to, hashes, [&](uint64_t hash) { append_number(to, hash); });
        to.push('}');
        return;
    }
    const auto registers = found->all_registers();
    to.append("{\"registers\":\"");
    append_hex(to, {reinterpret_cast<const char*>(registers.data()), registers.size()});
    to.append("\"}");
}

// --- back ---

bool get(JsonValue value, int64_t& out) { return value.get_int64().get(out) == simdjson::SUCCESS; }
bool get(JsonValue value, uint64_t& out) { return value.get_uint64().get(out) == simdjson::SUCCESS; }
bool get(JsonValue value, std::string_view& out) { return value.get_string().get(out) == simdjson::SUCCESS; }

template <typename T>
bool get(JsonValue value, const char* name, T& out) {
    JsonValue member;
    return value.at_key(name).get(member) == simdjson::SUCCESS && get(member, out);
}

bool bytes_of_hex(std::string_view text, std::string& out) {
    if (text.size() % 2 != 0) return false;
    out.clear();
    for (size_t i = 0; i < text.size(); i += 2) {
        unsigned byte = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        if (error != std::errc{} || end != text.data() + i + 2) return false;
        out.push_back(static_cast<char>(byte));
    }
    return true;
}

bool read_text(JsonValue value, std::string& out) {
    std::string_view text;
    if (value.is_object()) return get(value, "hex", text) && bytes_of_hex(text, out);
    if (!get(value, text)) return false;
    out = text;
    return true;
}

bool read_ip(std::string_view text, std::byte* at) {
    IpAddress address;
    if (text.find('/') != std::string_view::npos) {
        Result<IpAddress> subnet = parse_subnet(text);
        if (!subnet) return false;
        address = *subnet;
    } else {
        const std::optional<IpAddress> one = parse_ip(text);
        if (!one) return false;
        address = *one;
    }
    store(at, address);
    return true;
}

bool read_mac(std::string_view text, std::byte* at) {
    uint64_t mac = 0;
    if (text.size() != 17) return false;
    for (size_t i = 0; i < 6; ++i) {
        unsigned byte = 0;
        const char* const from = text.data() + i * 3;
        if (std::from_chars(from, from + 2, byte, 16).ptr != from + 2 || (i < 5 && from[2] != ':')) return false;
        mac = mac << 8 | byte;
    }
    store(at, mac);
    return true;
}

bool read_list(JsonValue value, ListValue& out) {
    simdjson::dom::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) return false;
    int64_t* const members[] = {&out.count, &out.sum, &out.min, &out.max};
    size_t number = 0;
    for (const JsonValue one : array) {
        if (number == 4 || !get(one, *members[number])) return false;
        ++number;
    }
    return number == 4 && out.count >= 0;
}

// Calls f(element) for each element of the member, an array; false: it is none, or f gave false.
template <typename Function>
bool each(JsonValue value, const char* name, Function&& f) {
    simdjson::dom::array array;
    if (value.at_key(name).get_array().get(array) != simdjson::SUCCESS) return false;
    return std::all_of(array.begin(), array.end(), f);
}

bool add_range(JsonValue value, Machine& machine, std::byte* at) {
    RangeTable::View counts;
    std::vector<uint64_t> slots;
    uint64_t range = 0;
    const bool whole = get(value, "range", range) && get(value, "others", counts.others) &&
                       each(value, "slots", [&](JsonValue one) { return get(one, slots.emplace_back()); });
    if (!whole) return false;
    counts.range = range;
    counts.slots = slots;
    const std::optional<uint64_t> handle = machine.ranges.add(load<uint64_t>(at), counts);
    if (handle) store(at, *handle);
    return handle.has_value();
}

bool add_distribution(JsonValue value, Machine& machine, std::byte* at) {
    int64_t sum = 0;
    int64_t min = 0;
    int64_t max = 0;
    std::vector<Distribution::Bin> bins;
    const auto bin = [&](JsonValue one) {
        simdjson::dom::array pair;
        if (one.get_array().get(pair) != simdjson::SUCCESS) return false;
        Distribution::Bin& made = bins.emplace_back();
        size_t number = 0;
        for (const JsonValue part : pair) {
            if (number == 0 ? !get(part, made.from) : number > 1 || !get(part, made.count)) return false;
            ++number;
        }
        return number == 2;
    };
    if (!get(value, "sum", sum) || !get(value, "min", min) || !get(value, "max", max) || !each(value, "bins", bin))
        return false;
    // By itself first, where there is always room: a value that makes no sense refuses the state, want of room is a
    // loss that is counted.
    Room unlimited(SIZE_MAX);
    Distribution more;
    if (!more.add(bins, sum, min, max, unlimited)) return false;
    uint64_t handle = load<uint64_t>(at);
    Distribution* into = machine.summaries.made(machine.summaries.distributions, handle);
    store(at, handle);
    if (into == nullptr || !into->merge(more, machine.summaries.room)) ++machine.counters.summaries_full;
    return true;
}

bool add_distinct(JsonValue value, Machine& machine, std::byte* at) {
    Room unlimited(SIZE_MAX);
    Distinct more;
    std::string_view text;
    if (get(value, "registers", text)) {
        std::string bytes;
        if (!bytes_of_hex(text, bytes) ||
            !more.merge_registers({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, unlimited))
            return false;
    } else {
        const auto hash = [&](JsonValue one) {
            uint64_t number = 0;
            return get(one, number) && more.add(number, unlimited);
        };
        if (!each(value, "hashes", hash)) return false;
    }
    uint64_t handle = load<uint64_t>(at);
    Distinct* into = machine.summaries.made(machine.summaries.distincts, handle);
    store(at, handle);
    if (into == nullptr || !into->merge(more, machine.summaries.room)) ++machine.counters.summaries_full;
    return true;
}

}  // namespace

void append_state_value(TextBuffer& to, const Machine& machine, const RecordField& field, const std::byte* at) {
    char text[address_text_size];
    switch (field.kind) {
        case FieldKind::integer:
            if (field.is_signed) return append_number(to, load<int64_t>(at));
            return append_number(to, load<uint64_t>(at));
        case FieldKind::timestamp:
            return append_number(to, load<uint64_t>(at));
        case FieldKind::floating:
            // Its bits: what is written in decimal would be another number of those that are none.
            return append_number(to, load<uint64_t>(at));
        case FieldKind::string:
            return append_text(to, string_of(at, field.size));
        case FieldKind::mac:
            return append_json_string(to, {text, format_mac(load<uint64_t>(at), text)});
        case FieldKind::ip:
            return append_json_string(to, {text, format_ip(load<IpAddress>(at), text)});
        case FieldKind::path: {
            const std::string* path = machine.paths.find(load<uint64_t>(at));
            return append_text(to, path == nullptr ? std::string_view() : std::string_view(*path));
        }
        case FieldKind::stack:
            return to.append("null");  // of a machine's memory: no script with any is split (state_obstacle)
        case FieldKind::bytes:
            to.push('"');
            append_hex(to, {reinterpret_cast<const char*>(at), field.size});
            return to.push('"');
        case FieldKind::list: {
            const auto list = load<ListValue>(at);
            return to.append(fmt::format("[{},{},{},{}]", list.count, list.sum, list.min, list.max));
        }
        case FieldKind::range:
            return append_range(to, machine, load<uint64_t>(at));
        case FieldKind::dist:
            return append_distribution(to, machine, load<uint64_t>(at));
        case FieldKind::distinct:
            return append_distinct(to, machine, load<uint64_t>(at));
    }
}

bool read_state_value(JsonValue value, Machine& machine, const RecordField& field, std::byte* at) {
    uint64_t word = 0;
    int64_t number = 0;
    std::string_view text;
    std::string bytes;
    switch (field.kind) {
        case FieldKind::integer:
            if (field.is_signed ? !get(value, number) : !get(value, word)) return false;
            if (field.is_signed) word = static_cast<uint64_t>(number);
            store(at, word);
            narrow(at, field);
            // A number that the type cannot hold is not cut: the state is not of this program.
            return load<uint64_t>(at) == word;
        case FieldKind::timestamp:
        case FieldKind::floating:
            if (!get(value, word)) return false;
            store(at, word);
            return true;
        case FieldKind::string:
            if (!read_text(value, bytes) || bytes.size() > field.size) return false;
            std::memcpy(at, bytes.data(), bytes.size());
            return true;
        case FieldKind::mac:
            return get(value, text) && read_mac(text, at);
        case FieldKind::ip:
            return get(value, text) && read_ip(text, at);
        case FieldKind::path:
            if (!read_text(value, bytes)) return false;
            store(at, bytes.empty() ? uint64_t{0} : machine.paths.intern(bytes));
            return true;
        case FieldKind::bytes:
            if (!get(value, text) || !bytes_of_hex(text, bytes) || bytes.size() != field.size) return false;
            std::memcpy(at, bytes.data(), bytes.size());
            return true;
        case FieldKind::list: {
            ListValue list;
            if (!read_list(value, list)) return false;
            store(at, list);
            return true;
        }
        // Stacks are in no state (state_obstacle), and the others are added, never read: add_state_value().
        case FieldKind::stack:
        case FieldKind::range:
        case FieldKind::dist:
        case FieldKind::distinct:
            return false;
    }
    return false;
}

bool add_state_value(JsonValue value, Machine& machine, const RecordField& field, std::byte* at) {
    switch (field.kind) {
        case FieldKind::integer: {
            uint64_t more = 0;
            if (!read_state_value(value, machine, field, reinterpret_cast<std::byte*>(&more))) return false;
            store(at, load<uint64_t>(at) + more);  // modulo 2^64, then by the type
            narrow(at, field);
            return true;
        }
        case FieldKind::list: {
            ListValue more;
            if (!read_list(value, more)) return false;
            auto sum = load<ListValue>(at);
            append(sum, more);
            store(at, sum);
            return true;
        }
        case FieldKind::range:
        case FieldKind::dist:
        case FieldKind::distinct:
            if (value.is_null()) return true;
            if (field.kind == FieldKind::range) return add_range(value, machine, at);
            return field.kind == FieldKind::dist ? add_distribution(value, machine, at)
                                                 : add_distinct(value, machine, at);
        default:
            return false;
    }
}

}  // namespace probevue
