#include "runtime/list/points.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <vector>

#include "builtins/base/text.h"
#include "builtins/describe.h"
#include "builtins/foreign.h"
#include "builtins/giving.h"
#include "runtime/probes/probe_manager.h"

namespace probevue {
namespace {

// Is this a tuple of the point, or the beginning of one: what stands for `<protocol|*>` and the like is filled in?
bool is_tuple_of(std::string_view point, std::string_view tuple) {
    const std::vector<std::string_view> forms = split(point, ':');
    for (size_t i = 0; i < forms.size(); ++i) {
        const bool last = i + 1 == forms.size();  // a filter has colons of its own
        const std::string_view field = last ? tuple : tuple.substr(0, tuple.find(':'));
        if (!stands_for(forms[i], field)) return false;
        if (last || field.size() == tuple.size()) return true;
        tuple.remove_prefix(field.size() + 1);
    }
    return false;
}

// The tuple without the filter that an event may have behind its name.
std::string without_filter(const std::string& tuple) {
    const size_t quote = tuple.find(":\"");
    return quote == std::string::npos ? tuple : tuple.substr(0, quote);
}

bool matches(const std::string& pattern, std::string_view point) {
    if (pattern.empty()) return true;
    const std::string prefix = pattern.starts_with("@@") ? pattern : "@@" + pattern;
    for (const std::string& form : {pattern, prefix}) {
        if (fnmatch(form.c_str(), std::string(point).c_str(), 0) == 0) return true;
    }
    return point == prefix || point.starts_with(prefix + ":") || is_tuple_of(point, prefix) ||
           (point == without_filter(prefix) && form_takes_filter(point));
}

std::string built_ins(const std::vector<const ProbePointRow*>& points) {
    std::string out;
    for (const BuiltinRow& row : builtin_rows()) {
        if (!row.right.empty() || !has_value(row, points)) continue;
        const std::string only = row.protocols == 0 ? "" : fmt::format(" ({})", protocol_names(row.protocols));
        out += fmt::format("    {:<30} {:<20} {}{}\n", spelled(row), to_string(row.type), row.doc, only);
    }
    return out;
}

// May a listed point be of the row? By the part of the form that every point of the row has: what stands before the
// first `<`.
bool may_be_of(std::string_view point, const ProbePointRow& row) {
    const std::string_view fixed = row.form.substr(0, row.form.find('<'));
    return point == row.form || (row.form.find('<') != std::string_view::npos && point.starts_with(fixed));
}

Error nothing_matches(const std::string& pattern) {
    std::vector<std::string_view> names;
    for (const ProbePointRow& row : probe_points()) {
        if (!row.unavailable.empty()) {
            if (row.manager == pattern)
                return fail(fmt::format("probes of @@{} do not exist on Linux", pattern), std::string(row.unavailable),
                            ExitStatus::usage);
        } else if (std::find(names.begin(), names.end(), row.manager) == names.end()) {
            names.push_back(row.manager);
        }
    }
    const std::string_view tuple = std::string_view(pattern).substr(pattern.starts_with("@@") ? 2 : 0);
    const std::string_view manager = tuple.substr(0, tuple.find(':'));
    if (manager.size() < tuple.size() && std::find(names.begin(), names.end(), manager) != names.end())
        return fail(fmt::format("no probe point matches `{}`", pattern),
                    fmt::format("probevue -l {} lists those of @@{}", manager, manager), ExitStatus::usage);
    if (pattern == "syscallx32")
        return fail("system calls of 32-bit programs are not traced", "-l syscallx lists those of 64-bit programs",
                    ExitStatus::usage);
    std::string hint(hint_of_foreign(ForeignPlace::probe, manager));
    if (hint.empty()) hint = did_you_mean(pattern, names);
    if (hint.empty()) {
        hint = "there are";
        for (std::string_view name : names) hint += fmt::format(" {}", name);
    }
    return fail(fmt::format("no probe point matches `{}`", pattern), hint, ExitStatus::usage);
}

// Those that match, with the rows that they are of. Thousands of names are listed only to who asks for them.
PointListing matching_points(const std::string& pattern, bool with_names, bool verbose) {
    PointListing out;
    for (const ProbeManager* manager : probe_managers()) {
        std::vector<ListedPoint> points = manager->list();
        if (with_names) {
            std::vector<ListedPoint> named = manager->list_named();
            points.insert(points.end(), named.begin(), named.end());
        }
        std::erase_if(points, [&](const ListedPoint& point) { return !matches(pattern, point.point); });
        if (verbose) manager->add_arguments(points);
        std::move(points.begin(), points.end(), std::back_inserter(out.points));
    }
    for (const ProbePointRow& row : probe_points()) {
        if (std::any_of(out.points.begin(), out.points.end(),
                        [&](const ListedPoint& point) { return may_be_of(point.point, row); }))
            out.rows.push_back(&row);
    }
    return out;
}

// A part of a name, for who does not know how the rest goes: letters enough to mean something.
bool is_part_of_name(const std::string& pattern) {
    constexpr size_t least = 3;
    return pattern.size() >= least && std::all_of(pattern.begin(), pattern.end(),
                                                  [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

}  // namespace

Result<PointListing> find_probe_points(const std::string& wanted, bool verbose) {
    const std::string pattern = wanted == "syscallx64" ? "syscallx" : wanted;  // AIX's word
    PointListing out = matching_points(pattern, !pattern.empty(), verbose);
    for (const bool with_names : {false, true}) {
        if (out.points.empty() && is_part_of_name(pattern))
            out = matching_points(fmt::format("*{}*", pattern), with_names, verbose);
    }
    if (out.points.empty()) return nothing_matches(pattern);
    return out;
}

bool form_takes_filter(std::string_view form) {
    const auto rows = probe_points();
    return std::any_of(rows.begin(), rows.end(),
                       [&](const ProbePointRow& row) { return row.form == form && takes_filter(row); });
}

std::string listing_text(const PointListing& listing, bool verbose) {
    std::string out;
    for (const ListedPoint& point : listing.points) {
        out += fmt::format("{:<58} {}\n", point.point, point.doc);
        if (!verbose) continue;
        if (!point.hook.empty()) out += fmt::format("    through {}\n", point.hook);
        if (form_takes_filter(point.point))
            out += fmt::format("    {}:\"<filter>\" for packets that match a tcpdump filter\n", point.point);
        for (const std::string& argument : point.arguments) out += fmt::format("    {}\n", argument);
    }
    if (verbose) out += "\nbuilt-ins there:\n" + built_ins(listing.rows);
    return out;
}

}  // namespace probevue
