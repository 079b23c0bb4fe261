// Layouts and payloads by hand, for the tests of the sinks.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "builtins/base/address.h"
#include "runtime/records/sink.h"

namespace sinks_test {

using namespace probevue;

inline RecordField field_of(FieldKind kind, uint32_t size = 8, bool is_signed = true, uint8_t width = 8) {
    return {.kind = kind, .offset = 0, .size = size, .width = width, .is_signed = is_signed};
}

// Bytes of a payload, a key or a value, field by field.
class Bytes {
public:
    template <typename T>
    Bytes& add(const T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        return raw(&value, sizeof value);
    }
    Bytes& string(std::string_view text, uint32_t size) {
        std::string padded(text.substr(0, size));
        padded.resize((size + 7) / 8 * 8);
        return raw(padded.data(), padded.size());
    }
    const std::byte* data() const { return bytes_.data(); }
    uint32_t size() const { return static_cast<uint32_t>(bytes_.size()); }

private:
    Bytes& raw(const void* from, size_t size) {
        const size_t at = bytes_.size();
        bytes_.resize(at + size);
        std::memcpy(bytes_.data() + at, from, size);
        return *this;
    }
    std::vector<std::byte> bytes_;
};

// A record with its payload.
struct Record {
    RecordLayout layout;
    Bytes payload;

    Record& literal(std::string_view text) {
        FormatPiece piece;
        piece.literal = text;
        layout.pieces.push_back(piece);
        return *this;
    }
    // A conversion of the last value that was added.
    FormatPiece& conversion(char letter, uint8_t bytes = 8) {
        FormatPiece piece;
        piece.conversion = letter;
        piece.bytes = bytes;
        piece.field = static_cast<uint32_t>(layout.fields.size() - 1);
        return layout.pieces.emplace_back(piece);
    }
    Record& field(RecordField kind) {
        kind.offset = payload.size();
        layout.fields.push_back(kind);
        return *this;
    }
    Record& integer(int64_t value, uint8_t width = 8, bool is_signed = true) {
        field(field_of(FieldKind::integer, 8, is_signed, width));
        payload.add(value);
        return *this;
    }
    Record& floating(double value) {
        field(field_of(FieldKind::floating));
        payload.add(value);
        return *this;
    }
    Record& word(FieldKind kind, uint64_t value) {
        field(field_of(kind));
        payload.add(value);
        return *this;
    }
    Record& string(std::string_view text, uint32_t size = 32) {
        field(field_of(FieldKind::string, size));
        payload.string(text, size);
        return *this;
    }
    Record& ip(std::string_view text) {
        field(field_of(FieldKind::ip, 24));
        payload.add(*parse_ip(text));
        return *this;
    }
    void print(Sink& sink, const RecordOrigin& origin = {}) const { sink.record(layout, payload.data(), origin); }
};

inline void print_text(Sink& sink, std::string_view text, const RecordOrigin& origin = {}) {
    Record().literal(text).print(sink, origin);
}

inline void eprint_text(Sink& sink, std::string_view text) {
    Record record;
    record.layout.kind = RecordKind::error_text;
    record.literal(text).print(sink);
}

// An associative array with its elements.
struct Array {
    ArrayLayout layout;
    std::deque<std::pair<Bytes, Bytes>> elements;

    Array(std::string name, std::vector<RecordField> keys, RecordField value) {
        for (RecordField& key : keys) {
            key.offset = layout.key_size;
            layout.key_size += (key.size + 7) / 8 * 8;
        }
        layout.name = std::move(name);
        layout.keys = std::move(keys);
        layout.value = value;
        layout.value_size = (value.size + 7) / 8 * 8;
    }
    Array& add(Bytes key, Bytes value) {
        elements.emplace_back(std::move(key), std::move(value));
        return *this;
    }
    Array& add(int64_t key, int64_t value) { return add(Bytes().add(key), Bytes().add(value)); }
    void print(Sink& sink, const ArrayPrintOptions& options = {}, const RecordOrigin& origin = {}) const {
        std::vector<ElementView> views;
        for (const auto& [key, value] : elements) views.push_back({.key = key.data(), .value = value.data()});
        sink.array(layout, views, options, origin);
    }
};

// A table of print_table() with its rows.
struct Table {
    TableLayout layout;
    std::deque<Bytes> rows;

    // Fields at their places, and a conversion of each, two blanks before it.
    Table(std::vector<RecordField> fields, uint32_t keys, std::string_view conversions) {
        layout.keys = keys;
        for (RecordField& field : fields) {
            field.offset = layout.row.size;
            layout.row.size += (field.size + 7) / 8 * 8;
            FormatPiece& piece = layout.row.pieces.emplace_back();
            piece.literal = "  ";
            piece.conversion = conversions[layout.row.fields.size()];
            piece.field = static_cast<uint32_t>(layout.row.fields.size());
            piece.bytes = 8;
            piece.width = 3;
            layout.row.fields.push_back(field);
        }
        layout.row.pieces.emplace_back().literal = "\n";
        layout.sort_field = keys;
        layout.descending = true;
    }
    Table& add(Bytes row) {
        rows.push_back(std::move(row));
        return *this;
    }
    void print(Sink& sink, const RecordOrigin& origin = {}) const {
        std::vector<const std::byte*> views;
        for (const Bytes& row : rows) views.push_back(row.data());
        sink.table(layout, views, origin);
    }
};

// Answers from a table in the test.
class TableResolver final : public Resolver {
public:
    std::string_view host_name(const std::byte*) override { return "host.example"; }
    std::string path(uint64_t identifier) override { return paths[identifier]; }
    std::string stack(uint64_t identifier, bool symbols) override {
        return identifier == 0 ? "" : symbols ? "0x10 work+0x3c\n0x20 main+0x1c\n" : "0x10\n0x20\n";
    }
    std::string folded_stack(uint64_t identifier) override { return identifier == 0 ? "" : "main;work"; }
    std::vector<RangeSlotView> range_slots(uint64_t handle) override { return ranges[handle]; }
    const Distribution* distribution(uint64_t handle) override { return &distributions[handle]; }
    uint64_t distinct(uint64_t handle) override { return handle; }

    std::map<uint64_t, std::string> paths;
    std::map<uint64_t, std::vector<RangeSlotView>> ranges;
    std::map<uint64_t, Distribution> distributions;
};

}  // namespace sinks_test
