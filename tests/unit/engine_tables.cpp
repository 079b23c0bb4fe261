// The rows of print_table(): keys and values of several arrays.
#include <doctest/doctest.h>

#include "runtime/engine/table_rows.h"
#include "tests/unit/engine_support.h"

using namespace probevue;
using namespace probevue::test;

namespace {

struct Key {
    int64_t number = 0;
    std::string_view text;
};

// An array keyed by a number and a String of `text_size` bytes.
struct Keyed {
    ArrayLayout layout;
    MapMemory memory;

    Keyed(uint32_t text_size, RecordField value) {
        layout.keys = {RecordField{}, {.kind = FieldKind::string, .offset = 8, .size = text_size}};
        layout.key_size = 8 + (text_size + 7) / 8 * 8;
        layout.value = value;
        layout.value_size = (value.size + 7) / 8 * 8;
        memory.array = empty_array(layout, EngineOptions{});
        memory.layout = &layout;
    }
    template <typename Value>
    void set(const Key& key, const Value& value) {
        std::vector<uint64_t> bytes(layout.key_size / 8);
        bytes[0] = static_cast<uint64_t>(key.number);
        std::memcpy(&bytes[1], key.text.data(), key.text.size());
        std::memcpy(memory.array->ref(reinterpret_cast<const std::byte*>(bytes.data())), &value, sizeof value);
    }
};

std::vector<std::string> texts_of(const TableLayout& layout, std::span<const MapMemory> maps) {
    std::vector<std::string> out;
    const Summaries none(0);
    const TableRows rows(layout, maps, none);
    for (const std::byte* row : rows.rows()) {
        std::string line;
        for (const RecordField& field : layout.row.fields) {
            const std::byte* at = row + field.offset;
            line += (line.empty() ? "" : " ") + (field.kind == FieldKind::string
                                                     ? std::string(text_at(address_of(at), field.size))
                                                     : std::to_string(static_cast<int64_t>(load_word(at))));
        }
        out.push_back(std::move(line));
    }
    return out;
}

}  // namespace

TEST_CASE("rows have the keys of all arrays, whatever the length of their Strings; what is absent is zeros") {
    Keyed brief(4, RecordField{});
    Keyed longer(20, {.kind = FieldKind::list, .size = sizeof(ListValue)});
    brief.set({1, "abcd"}, int64_t{-7});
    brief.set({2, "ab"}, int64_t{9});
    longer.set({1, "abcd"}, ListValue{.count = 2, .sum = -9, .min = -10, .max = 1});
    longer.set({1, "abcde"}, ListValue{.count = 1, .sum = 4096, .min = 4096, .max = 4096});
    std::vector<MapMemory> maps(3);
    maps[1] = std::move(brief.memory);
    maps[2] = std::move(longer.memory);
    TableLayout layout;
    layout.keys = 2;
    layout.row.size = 8 + 24 + 4 * 8;
    layout.row.fields = {RecordField{}, {.kind = FieldKind::string, .offset = 8, .size = 20}};
    for (uint32_t i = 0; i < 4; ++i) layout.row.fields.push_back({.offset = 32 + 8 * i});
    layout.columns = {{.name = "", .map = 2, .list_value = ArrayPrintOptions::list_count},
                      {.name = "", .map = 1},
                      {.name = "", .map = 2, .list_value = ArrayPrintOptions::list_sum, .divisor = 4},
                      {.name = "", .map = 1, .divisor = 2}};
    CHECK(texts_of(layout, maps) ==
          std::vector<std::string>{"1 abcd 2 -7 -2 -3", "1 abcde 1 0 1024 0", "2 ab 0 9 0 4"});
    layout.row.fields[5].is_signed = false;
    CHECK(texts_of(layout, maps)[0] == "1 abcd 2 -7 -2 9223372036854775804");
    maps[1].array->clear();
    maps[2].array->clear();
    CHECK(texts_of(layout, maps).empty());
}

TEST_CASE("a clause prints a table") {
    Program program;
    program.maps.resize(4);
    for (uint32_t i = 0; i < 4; ++i) program.maps[i].layout.keys = {RecordField{}};
    program.maps[0].kind = MapKind::globals;
    program.maps[1].kind = MapKind::rodata;
    program.maps[2].kind = MapKind::threads;
    program.maps[3].layout.key_size = 8;
    TableLayout& table = program.tables.emplace_back();
    table.keys = 1;
    table.row.size = 16;
    table.row.fields = {RecordField{}, {.offset = 8}};
    table.columns = {{.name = "", .map = 3}};
    ClauseCode& count = program.clauses.emplace_back();
    count.code = {store_k(BPF_DW, 10, -8, 42)};
    add_map(count.code, 1, 3);
    count.code.insert(count.code.end(), {mov64_x(2, 10), add64_k(2, -8), call(Helper::array_ref),
                                         store_k(BPF_DW, 0, 0, 6), mov64_k(0, 1), leave()});
    program.clauses.emplace_back().code = {mov64_k(1, 0), call(Helper::array_table), mov64_k(0, 1), leave()};
    for (const EngineKind kind : engine_kinds()) {
        LogSink sink;
        EngineOptions options;
        options.kind = kind;
        auto made = Engine::create(program, options, sink);
        REQUIRE_MESSAGE(made.has_value(), made.error().message);
        EngineContext context;
        CHECK((*made)->run(0, context, RecordOrigin{}));
        CHECK((*made)->run(1, context, RecordOrigin{}));
        CHECK(sink.lines == std::vector<std::string>{"row 42 6"});
    }
}
