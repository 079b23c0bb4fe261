// `-l --format json`: the rows of the tables, for editors and other programs.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/describe.h"
#include "builtins/function.h"
#include "builtins/giving.h"
#include "builtins/unit.h"
#include "runtime/list/points.h"
#include "runtime/sinks/json_line.h"

namespace probevue {
namespace {

std::string line_of(const ListedPoint& point, bool verbose) {
    JsonLine line("probe_point");
    line.string("point", point.point);
    line.string("doc", point.doc);
    line.boolean("filter", form_takes_filter(point.point));
    if (verbose && !point.hook.empty()) line.string("hook", point.hook);
    if (verbose && !point.arguments.empty()) line.strings("arguments", point.arguments);
    return line.take();
}

std::string line_of(const BuiltinRow& row, const std::vector<const ProbePointRow*>& rows) {
    std::vector<std::string> points;
    for (const ProbePointRow* point : rows) {
        const std::vector<const ProbePointRow*> one{point};
        if (has_value(row, one)) points.emplace_back(point->form);
    }
    if (points.empty()) return {};
    JsonLine line("built_in");
    line.string("name", spelled(row));
    line.string("value_type", to_string(row.type));
    if (const UnitName unit = name_of(row.type.unit); !unit.symbol.empty()) line.string("unit", unit.symbol);
    line.string("doc", row.doc);
    if (row.protocols != 0) line.string("protocols", protocol_names(row.protocols));
    line.strings("points", points);
    return line.take();
}

bool callable(const FunctionRow& row, const std::vector<const ProbePointRow*>& rows) {
    const BuiltinRow* shared = row.variable.empty() ? nullptr : find_builtin(row.variable, row.member);
    return row.unavailable.empty() && std::any_of(rows.begin(), rows.end(), [&](const ProbePointRow* point) {
               return contains(row.probes, point->kind) && (shared == nullptr || is_visible(*shared, *point));
           });
}

std::string line_of(const FunctionRow& row) {
    JsonLine line("function");
    line.string("name", row.name);
    line.string("prototype", readable_prototype(row));
    line.string("doc", row.doc);
    line.boolean("in_predicates", row.in_predicates);
    return line.take();
}

std::string line_of(const ConstantRow& row) {
    JsonLine line("constant");
    line.string("name", row.name);
    line.number("value", row.value);
    line.string("group", row.group);
    line.string("doc", row.doc);
    return line.take();
}

}  // namespace

std::string listing_json(const PointListing& listing, bool whole, bool verbose) {
    std::string out;
    for (const ListedPoint& point : listing.points) out += line_of(point, verbose);
    for (const BuiltinRow& row : builtin_rows()) {
        if (row.right.empty()) out += line_of(row, listing.rows);
    }
    for (const FunctionRow& row : functions()) {
        if (callable(row, listing.rows)) out += line_of(row);
    }
    for (const ConstantRow& row : constants()) {
        if (whole && row.right.empty()) out += line_of(row);
    }
    return out;
}

}  // namespace probevue
