#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <stdexcept>
#include <variant>

#include "builtins/builtin.h"
#include "builtins/event.h"
#include "builtins/names.h"
#include "docs/generate/generate.h"

namespace probevue::docs {
namespace {

std::string_view kind_name(ValueKind kind) {
    switch (kind) {
        case ValueKind::u16:
            return "u16";
        case ValueKind::s16:
            return "s16";
        case ValueKind::u32:
            return "u32";
        case ValueKind::s32:
            return "s32";
        case ValueKind::u64:
            return "u64";
        case ValueKind::s64:
            return "s64";
        case ValueKind::string:
            return "string";
        case ValueKind::ip:
            return "ip";
        case ValueKind::mac:
            return "mac";
        default:
            throw std::logic_error("an event field of a kind that docs/wireshark/probevue.lua does not read");
    }
}

// The names that numbers of a field have, those of the variable that reads it; none where they are no plain list.
std::vector<NumberName> names_of_field(EventField field) {
    for (const BuiltinRow& row : builtin_rows()) {
        const auto* from = std::get_if<EventField>(&row.from);
        if (from == nullptr || *from != field || !row.right.empty()) continue;
        const std::optional<NameSet> set = names_of(row);
        if (!set || !named_by(row).empty()) continue;
        const NameForm form = name_set(*set).form;
        if (form == NameForm::listed || form == NameForm::constants) return names_in(*set);
    }
    return {};
}

}  // namespace

std::string wireshark_fields() {
    std::string out = "local event_fields = {\n";
    for (const EventFieldRow& row : event_fields()) {
        out += fmt::format("    {{ \"{}\", \"{}\", \"{}\"", row.name, kind_name(row.type.kind), row.doc);
        std::vector<std::string> pairs;
        for (const NumberName& name : names_of_field(row.field))
            pairs.push_back(fmt::format("[{}] = \"{}\"", name.number, name.name));
        if (!pairs.empty()) out += fmt::format(",\n        {{ {} }}", fmt::join(pairs, ", "));
        out += " },\n";
    }
    return out + "}\n";
}

}  // namespace probevue::docs
