#include "runtime/repl/value.h"

#include <fmt/format.h>

#include "builtins/base/text.h"
#include "runtime/records/forwarding_sink.h"
#include "runtime/sinks/fields.h"

namespace probevue {
namespace {

// The conversion that prints values of a kind as they are, for sinks that keep types; 0: there is none.
char conversion_of(const RecordField& field) {
    switch (field.kind) {
        case FieldKind::integer:
            return field.is_signed ? 'd' : 'u';
        case FieldKind::floating:
            return 'g';
        case FieldKind::string:
            return 's';
        case FieldKind::mac:
            return 'M';
        case FieldKind::ip:
            return 'I';
        case FieldKind::path:
            return 'p';
        default:
            return 0;
    }
}

class ValueSink final : public ForwardingSink {
public:
    ValueSink(Sink& to, Resolver& resolver) : ForwardingSink(to), resolver_(resolver) {}

    void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) override {
        if (layout.kind != RecordKind::trace) return to_.record(layout, payload, origin);
        for (const RecordField& field : layout.fields) value(field, payload, origin);
    }

private:
    void value(const RecordField& field, const std::byte* payload, const RecordOrigin& origin) {
        const char conversion = conversion_of(field);
        if (conversion == 0 || field.kind == FieldKind::floating || field.kind == FieldKind::string) {
            to_.text(fmt::format("{}\n", value_text(field, payload + field.offset, &resolver_)), origin);
            return;
        }
        RecordLayout layout;
        FormatPiece piece;
        piece.conversion = conversion;
        piece.bytes = 8;
        layout.pieces.push_back(piece);
        layout.pieces.emplace_back().literal.push_back('\n');
        layout.fields.push_back(field);
        layout.size = field.offset + field.size;
        to_.record(layout, payload, origin);
    }

    Resolver& resolver_;
};

std::string key_types(const ArrayLayout& layout) {
    std::string out;
    for (size_t i = 0; i < layout.keys.size(); ++i) out += "[]";
    return out;
}

}  // namespace

std::unique_ptr<Sink> make_value_sink(Sink& to, Resolver& resolver) {
    return std::make_unique<ValueSink>(to, resolver);
}

std::string value_text(const RecordField& field, const std::byte* at, Resolver* resolver) {
    TextContext context{
        .names = Names(true), .date = DateFormat(std::string(DateFormat::default_format)), .start_ns = 0};
    context.on_terminal = true;
    context.names.set_resolver(resolver);
    TextBuffer buffer;
    if (field.kind == FieldKind::bytes) {
        append_hex_bytes(buffer, at, field.size);
    } else {
        append_value(buffer, field, at, context, ArrayPrintOptions::list_all);
    }
    return std::string(buffer.view());
}

std::string describe_variables(const SavedValues& values, Resolver* resolver) {
    std::string out;
    for (const auto& [name, variable] : values.variables) {
        RecordField field = variable.description.value;
        field.offset = 0;
        out += fmt::format("{} {} = {}\n", variable.description.type, name,
                           value_text(field, variable.bytes.data(), resolver));
    }
    for (const auto& [name, array] : values.arrays) {
        const size_t count = array.elements->size();
        if (array.layout.keys.empty()) {  // one value without a key
            const RecordField& field = array.layout.value;
            array.elements->for_each([&, &name = name](const std::byte*, const std::byte* value) {
                out += fmt::format("{} = {}\n", name, value_text(field, value, resolver));
            });
            continue;
        }
        out += fmt::format("{}{}: {} element{}\n", name, key_types(array.layout), count, count == 1 ? "" : "s");
    }
    return out;
}

}  // namespace probevue
