#include "runtime/screen/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/sinks/array_order.h"
#include "runtime/values/list.h"

namespace probevue {
namespace {

constexpr uint64_t part_of(unsigned hundredths) { return Distribution::whole / 100 * hundredths; }

std::vector<FigureName> columns_of(const RecordField& field) {
    switch (field.kind) {
        case FieldKind::list:
            return {{"count"}, {"sum"}, {"avg", false}, {"min", false}, {"max", false}};
        case FieldKind::dist:
            return {{"count"}, {"p50", false}, {"p99", false}};
        case FieldKind::range:
            return {{"count"}};
        case FieldKind::distinct:
            return {{"distinct"}};
        default:
            return {{field.unit == Unit::none ? "value" : std::string(name_of(field.unit).word)}};
    }
}

// The key of a row of print_table() as a string of bytes: its first fields.
uint32_t key_size(const TableLayout& layout) {
    uint32_t size = 0;
    for (size_t i = 0; i < layout.keys; ++i)
        size = std::max(size, layout.row.fields[i].offset + (layout.row.fields[i].size + 7) / 8 * 8);
    return size;
}

std::string_view bytes_of(const std::byte* at, size_t size) { return {reinterpret_cast<const char*>(at), size}; }
const std::byte* start_of(std::string_view key) { return reinterpret_cast<const std::byte*>(key.data()); }

bool is_text(FieldKind kind) {
    switch (kind) {
        case FieldKind::integer:
        case FieldKind::floating:
        case FieldKind::list:
        case FieldKind::range:
        case FieldKind::dist:
        case FieldKind::distinct:
            return false;
        default:
            return true;
    }
}

}  // namespace

void ScreenTables::attach(const Program& program, Engine& engine) {
    program_ = &program;
    engine_ = &engine;
    context_.names.set_resolver(&engine.resolver());
    const auto variables = [](std::string_view key) { return std::string(key); };
    const auto order = [](std::string_view a, std::string_view b) { return a.compare(b); };
    variables_.table = std::make_unique<ScreenTable>("variables", std::vector<FigureName>{{"value"}},
                                                     ScreenTable::Keys{variables, order});
    variables_.is_variables = true;
    for (uint32_t i = 0; i < program.maps.size(); ++i) {
        const MapDescription& map = program.maps[i];
        if (map.kind != MapKind::array || map.layout.keys.empty()) continue;
        Array& one = arrays_[i];
        one.layout = &map.layout;
        one.emptied = engine.emptied(i);
        one.table =
            std::make_unique<ScreenTable>(map.layout.name, columns_of(map.layout.value), keys_of(map.layout.keys));
    }
    list_all();
}

ScreenTable::Keys ScreenTables::keys_of(std::span<const RecordField> fields) {
    const auto order = std::make_shared<KeyOrder>(fields, context_.names);
    return {[this, fields](std::string_view key) {
                std::string out;
                for (const RecordField& field : fields) {
                    if (&field != fields.data()) out += ", ";
                    out += text_of(field, start_of(key) + field.offset);
                }
                return out;
            },
            [order](std::string_view a, std::string_view b) { return (*order)(start_of(a), start_of(b)); }};
}

void ScreenTables::list_all() {
    all_.clear();
    for (auto& [map, array] : arrays_) all_.push_back(&array);
    for (Printed& table : printed_) all_.push_back(&table);
    if (variables_.table->size() != 0) all_.push_back(&variables_);
}

std::string ScreenTables::text_of(const RecordField& field, const std::byte* value) {
    TextBuffer out;
    append_value(out, field, value, context_, ArrayPrintOptions::list_all);
    return std::string(out.view());
}

std::vector<Figure> ScreenTables::figures_of(const RecordField& field, const std::byte* value) const {
    switch (field.kind) {
        case FieldKind::integer:
            return {field.is_signed ? Figure::whole(load<int64_t>(value)) : Figure::natural(load<uint64_t>(value))};
        case FieldKind::floating:
            return {Figure::real(load<double>(value))};
        case FieldKind::list: {
            const auto list = load<ListValue>(value);
            return {Figure::whole(list.count), Figure::whole(list.sum), Figure::whole(list_average(list)),
                    Figure::whole(list.min), Figure::whole(list.max)};
        }
        case FieldKind::range: {
            uint64_t count = 0;
            for (const RangeSlotView& slot : context_.names.range(load<uint64_t>(value))) count += slot.count;
            return {Figure::natural(count)};
        }
        case FieldKind::dist: {
            const Distribution* of = context_.names.distribution(load<uint64_t>(value));
            if (of == nullptr) return {Figure::natural(0), Figure{}, Figure{}};
            return {Figure::natural(of->count()), Figure::whole(of->quantile(part_of(50))),
                    Figure::whole(of->quantile(part_of(99)))};
        }
        case FieldKind::distinct:
            return {Figure::natural(context_.names.distinct(load<uint64_t>(value)))};
        default:
            return {Figure{}};
    }
}

// The text of a value that is no number; of a range, the slot that has counted the most.
std::string ScreenTables::remark_of(const RecordField& field, const std::byte* value) {
    if (is_text(field.kind)) return text_of(field, value);
    std::string text;
    if (field.kind == FieldKind::range) {
        uint64_t most = 0;
        for (const RangeSlotView& slot : context_.names.range(load<uint64_t>(value))) {
            if (slot.count <= most) continue;
            most = slot.count;
            text = fmt::format("{}: {}", slot.label, slot.count);
        }
    }
    return text;
}

void ScreenTables::put_variable(const std::string& name, const RecordField& field, const std::byte* value) {
    variables_.table->put(name, std::vector<Figure>{figures_of(field, value).front()}, text_of(field, value));
}

void ScreenTables::frame(uint64_t now_ns) {
    now_ns_ = now_ns;
    variables_.table->begin(now_ns, false);
    engine_->visit(*this);
    variables_.table->end();
    list_all();
}

void ScreenTables::variable(const VariableDescription& variable, const std::byte* value) {
    put_variable(variable.name, variable.value, value);
}

void ScreenTables::array(uint32_t map, const ArrayLayout& layout, const AssociativeArray& elements, uint64_t emptied) {
    if (layout.keys.empty()) {  // one value without a key
        elements.for_each([&](const std::byte*, const std::byte* value) {
            put_variable(layout.name, layout.value, value + layout.value.offset);
        });
        return;
    }
    const auto at = arrays_.find(map);
    if (at == arrays_.end()) return;
    Array& array = at->second;
    settle(array, emptied);
    array.as_printed = array.printed_ns != 0 && emptied != array.emptied_at_printing;
    if (array.as_printed) return;
    ScreenTable& table = *array.table;
    table.begin(now_ns_, emptied != array.emptied);
    array.emptied = emptied;
    elements.for_each([&](const std::byte* key, const std::byte* value) {
        const std::byte* const at_value = value + layout.value.offset;
        table.put(bytes_of(key, layout.key_size), figures_of(layout.value, at_value),
                  remark_of(layout.value, at_value));
    });
    table.end();
}

// What was printed last is a frame as soon as the array has been emptied; until then it is only what it was on the way.
void ScreenTables::settle(Array& array, uint64_t emptied) {
    if (!array.copy || array.copy->emptied == emptied) return;
    const Copy& copy = *array.copy;
    array.table->begin(copy.time_ns, copy.emptied != array.emptied, copy.since_ns);
    for (const Copy::Element& element : copy.elements) array.table->put(element.key, element.figures, element.text);
    array.table->end();
    array.emptied = copy.emptied;
    array.copy.reset();
}

void ScreenTables::printed(const ArrayLayout& layout, std::span<const ElementView> elements, uint64_t now_ns) {
    const auto at = std::find_if(arrays_.begin(), arrays_.end(),
                                 [&](const auto& one) { return one.second.layout->name == layout.name; });
    if (at == arrays_.end()) return;
    Array& array = at->second;
    const uint64_t emptied = engine_->emptied(at->first);
    if (!paused_) {
        settle(array, emptied);
        Copy& copy = array.copy.emplace(Copy{});
        copy.time_ns = now_ns;
        copy.since_ns = emptied != array.emptied_at_printing ? array.printed_ns : 0;
        copy.emptied = emptied;
        copy.elements.reserve(elements.size());
        const RecordField& field = array.layout->value;
        for (const ElementView& element : elements) {
            const std::byte* const value = element.value + field.offset;
            copy.elements.push_back({std::string(bytes_of(element.key, array.layout->key_size)),
                                     figures_of(field, value), remark_of(field, value)});
        }
    }
    array.emptied_at_printing = emptied;
    array.printed_ns = now_ns;
}

uint64_t ScreenTables::emptied(const TableLayout& layout) const {
    uint64_t all = 0;
    for (const TableColumn& column : layout.columns) all += engine_->emptied(column.map);
    return all;
}

void ScreenTables::printed(const TableLayout& layout, std::span<const std::byte* const> rows, uint64_t now_ns) {
    auto at = std::find_if(printed_.begin(), printed_.end(), [&](const Printed& one) { return one.layout == &layout; });
    const std::span<const RecordField> fields = layout.row.fields;
    if (at == printed_.end()) {
        std::string name;
        std::vector<FigureName> figures;
        for (const TableColumn& column : layout.columns) {
            name += fmt::format("{}{}", name.empty() ? "" : "+", column.name);
            figures.push_back({column.name, !column.quantile});
        }
        at = printed_.emplace(printed_.end());
        at->layout = &layout;
        at->is_printed_table = at->as_printed = true;
        at->table = std::make_unique<ScreenTable>(name, std::move(figures), keys_of(fields.first(layout.keys)));
        if (!layout.by_key && layout.sort_field >= layout.keys) at->table->watch(layout.sort_field - layout.keys);
        list_all();
    }
    const uint64_t all = emptied(layout);
    const bool counted_anew = all != std::exchange(at->emptied, all);
    const uint64_t before = std::exchange(at->printed_ns, now_ns);
    if (paused_) return;
    at->table->begin(now_ns, counted_anew, before);
    const uint32_t size = key_size(layout);
    std::vector<Figure> figures;
    for (const std::byte* row : rows) {
        figures.clear();
        for (const RecordField& field : fields.subspan(layout.keys))
            figures.push_back(figures_of(field, row + field.offset).front());
        at->table->put(bytes_of(row, size), figures);
    }
    at->table->end();
}

}  // namespace probevue
