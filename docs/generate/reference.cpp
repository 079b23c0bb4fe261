// docs/reference.md: every row of the tables, for people.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/c_type.h"
#include "builtins/describe.h"
#include "builtins/event.h"
#include "builtins/function.h"
#include "builtins/giving.h"
#include "builtins/names.h"
#include "builtins/packet.h"
#include "builtins/probe.h"
#include "docs/generate/generate.h"

namespace probevue::docs {
namespace {

// In a cell of a table a bar must be escaped, in code too.
std::string cell(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    return out;
}

std::string code(std::string_view text) { return text.empty() ? std::string() : "`" + cell(text) + "`"; }

template <typename T>
void add_once(std::vector<T>& list, T value) {
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

// The words of a tuple that all points of a row share: "@@net:tcp:retransmit", "@@syscall".
std::string fixed_part(const ProbePointRow& row) {
    if (const size_t clock = row.form.find(":clock"); clock != std::string_view::npos)
        return std::string(row.form.substr(0, clock));
    std::string_view fixed = row.form.substr(0, row.form.find('<'));
    while (fixed.ends_with(':') || fixed.ends_with("\"")) fixed.remove_suffix(1);
    return std::string(fixed);
}

// The kinds of probe that Linux has.
ProbeSet every_place() {
    ProbeSet out;
    for (const ProbePointRow& row : probe_points()) {
        if (row.unavailable.empty()) out = out | row.kind;
    }
    return out;
}

// "`@@syscall` (entry), `@@sysproc`": where something may be used.
std::string where(ProbeSet set) {
    if (set == every_place()) return "everywhere";
    std::vector<std::string> out;
    for (const ProbePointRow& row : probe_points()) {
        if (!contains(set, row.kind) || !row.unavailable.empty()) continue;
        std::string name = row.manager == "sysproc" ? "@@sysproc" : fixed_part(row);
        std::string end;
        for (std::string_view last : {":entry", ":exit"}) {
            if (row.form.ends_with(last)) end = last;
        }
        const bool both = std::any_of(probe_points().begin(), probe_points().end(), [&](const ProbePointRow& other) {
            return other.manager == row.manager && other.kind != row.kind && contains(set, other.kind);
        });
        add_once(out, code(name) + (end.empty() || both ? "" : fmt::format(" ({})", end.substr(1))));
    }
    return join(out, ", ");
}

// Kinds of probe where the built-in can be had.
ProbeSet places(const BuiltinRow& row) {
    ProbeSet out;
    for (const ProbePointRow* point : points_of(row)) out = out | point->kind;
    return out;
}

std::string where(const BuiltinRow& row) {
    if (row.events.empty()) return where(places(row));
    std::string out;
    for (const ProbePointRow* point : points_of(row)) out += (out.empty() ? "" : ", ") + code(fixed_part(*point));
    return out;
}

std::string probe_section() {
    std::string out = "## Probe points\n\n| tuple | fires |\n|---|---|\n";
    for (const ProbePointRow& row : probe_points()) {
        if (row.unavailable.empty()) out += fmt::format("| {} | {} |\n", code(row.form), cell(row.doc));
    }
    std::vector<std::string> filtered;
    for (const ProbePointRow& row : probe_points()) {
        if (takes_filter(row)) filtered.push_back(code(row.form));
    }
    out += fmt::format("\nA tcpdump filter in quotes may stand behind {}: `@@net:skb:drop:\"tcp port 80\"`.\n",
                       join(filtered, ", "));
    out += "\nThe protocols of `@@net:bpf`:\n\n| protocol | meaning |\n|---|---|\n";
    for (const ProtocolRow& row : protocols()) out += fmt::format("| {} | {} |\n", code(row.name), cell(row.doc));
    out +=
        "\nProbe points of AIX that Linux cannot have are refused by a message that says this:\n\n| tuple | why, or "
        "what to use |\n|---|---|\n";
    for (const ProbePointRow& row : probe_points()) {
        if (!row.unavailable.empty()) out += fmt::format("| {} | {} |\n", code(row.form), cell(row.unavailable));
    }
    return out + "\n";
}

std::string builtin_row(const BuiltinRow& row, bool protocols_column) {
    const std::string name = row.member.empty() ? std::string(row.name) : std::string(row.member);
    const std::string doc = cell(row.doc) + (row.extension ? " (extension)" : "");
    if (!protocols_column) return fmt::format("| {} | {} | {} |\n", code(name), code(to_string(row.type)), doc);
    return fmt::format("| {} | {} | {} | {} |\n", code(name), code(to_string(row.type)),
                       cell(protocol_names(row.protocols)), doc);
}

// A family is what stands before `->`, or the variables without members that have a meaning in the same places.
std::string builtin_section() {
    std::string out = "## Built-in variables\n\n";
    std::vector<ProbeSet> scalar_places;
    std::vector<std::string_view> families;
    for (const BuiltinRow& row : builtin_rows()) {
        if (!row.right.empty() || !row.unavailable.empty()) continue;
        if (row.member.empty())
            add_once(scalar_places, places(row));
        else
            add_once(families, row.name);
    }
    for (ProbeSet place : scalar_places) {
        out += fmt::format("### Variables: {}\n\n| name | type | meaning |\n|---|---|---|\n", where(place));
        for (const BuiltinRow& row : builtin_rows()) {
            if (row.member.empty() && places(row) == place && row.right.empty() && row.unavailable.empty())
                out += builtin_row(row, false);
        }
        out += "\n";
    }
    for (std::string_view family : families) {
        const auto first = std::find_if(builtin_rows().begin(), builtin_rows().end(), [&](const BuiltinRow& row) {
            return row.name == family && !row.member.empty() && row.unavailable.empty();
        });
        const bool packet = first->protocols != 0;
        out += fmt::format("### {}->\n\nIn {}.\n\n", code(family), where(*first));
        out += packet ? "| member | type | protocols | meaning |\n|---|---|---|---|\n"
                      : "| member | type | meaning |\n|---|---|---|\n";
        for (const BuiltinRow& row : builtin_rows()) {
            if (row.name != family || row.member.empty() || !row.unavailable.empty() || !row.right.empty()) continue;
            BuiltinRow shown = row;
            std::string doc(row.doc);
            if (row.events == first->events && places(row) != places(*first)) doc += fmt::format("; in {}", where(row));
            if (row.events != first->events) doc += fmt::format("; in {}", where(row));
            shown.doc = doc;
            out += builtin_row(shown, packet);
        }
        out += "\n";
    }
    out += "### Not on Linux\n\n| name | what it is on AIX | why not |\n|---|---|---|\n";
    for (const BuiltinRow& row : builtin_rows()) {
        if (!row.unavailable.empty())
            out += fmt::format("| {} | {} | {} |\n", code(spelled(row)), cell(row.doc), cell(row.unavailable));
    }
    return out + "\n";
}

std::string function_section() {
    std::string out =
        "## Functions\n\n"
        "`int` takes any integer, `any` whatever can be printed, `format` and `literal` a text between quotes, "
        "`{group}` the\n"
        "constants of that group, `key...` one key a dimension (`ANY` stands for all), brackets what may be left out. "
        "`address` is a\n"
        "pointer or number, `ip_addr_t` an address or a quoted one, `variable` a variable that is filled.\n\n| "
        "prototype | meaning | where |\n|---|---|---|\n";
    for (const FunctionRow& row : functions()) {
        if (row.unavailable.empty())
            out += fmt::format("| {} | {} | {} |\n", code(row.prototype), cell(row.doc),
                               row.probes == all_probes ? "everywhere" : where(row.probes));
    }
    out += "\nFunctions of AIX that Linux cannot have:\n\n| name | what it does on AIX | why not |\n|---|---|---|\n";
    for (const FunctionRow& row : functions()) {
        if (!row.unavailable.empty())
            out += fmt::format("| {} | {} | {} |\n", code(row.name), cell(row.doc), cell(row.unavailable));
    }
    return out + "\n";
}

// Sets of names, the built-in variables that have them, and the names.
std::string name_section() {
    std::string out =
        "## Names of numbers\n\n"
        "What `name_of(value)` makes of the numbers of built-in variables, and `name_of(value, \"set\")` of any "
        "number. "
        "One without a name\n"
        "gives it in decimal; of bits those that are set are joined.\n\n| set | meaning | of | names "
        "|\n|---|---|---|---|\n";
    for (const NameSetRow& set : name_sets()) {
        std::string of;
        for (const BuiltinRow& row : builtin_rows()) {
            if (row.right.empty() && names_of(row) == set.id) of += (of.empty() ? "" : " ") + code(spelled(row));
        }
        std::string names;
        for (const NumberName& one : names_in(set.id)) {
            const std::string number = set.form == NameForm::bits || set.form == NameForm::letters
                                           ? fmt::format("{:#x}", one.number)
                                           : fmt::format("{}", one.number);
            names += fmt::format("{}{} {}", names.empty() ? "" : ", ", number, cell(one.name));
        }
        if (set.form == NameForm::library) names = "as the system's libraries have them";
        out += fmt::format("| {} | {} | {} | {} |\n", code(set.name), cell(set.doc), of, names);
    }
    out += "\nNames that only the kernel of the event knows are members of their own, which `name_of` takes:";
    for (const BuiltinRow& row : builtin_rows()) {
        if (!named_by(row).empty())
            out += fmt::format(" {} of {}", code(fmt::format("{}->{}", row.name, named_by(row))), code(spelled(row)));
    }
    return out + "\n\n";
}

std::string value_text(int64_t value) {
    if (value >= 1'000'000'000) return fmt::format("{:#x}", value);  // single bits high up
    return value < 16 ? fmt::format("{}", value) : fmt::format("{} ({:#x})", value, value);
}

std::string constant_section() {
    std::string out =
        "## Constants\n\n"
        "They are known without any header. Those of the groups `proc_attribute`, `thread_attribute` and "
        "`ublock_attribute` are known only\n"
        "as arguments of their functions, so that `PID` and `SIZE` stay free for variables.\n\n";
    std::vector<std::string_view> groups;
    for (const ConstantRow& row : constants()) {
        if (row.right.empty()) add_once(groups, row.group);
    }
    for (std::string_view group : groups) {
        out += fmt::format("### {}\n\n| name | value | meaning |\n|---|---|---|\n", code(group));
        for (const ConstantRow& row : constants()) {
            if (row.group == group && row.right.empty())
                out += fmt::format("| {} | {} | {} |\n", code(row.name), value_text(row.value), cell(row.doc));
        }
        out += "\n";
    }
    return out;
}

std::string misprint_section() {
    std::string out =
        "## Misprints of the AIX documents\n\nTaken for the right spelling, with a warning.\n\n| misprint | right "
        "|\n|---|---|\n";
    for (const BuiltinRow& row : builtin_rows()) {
        if (!row.right.empty()) out += fmt::format("| {} | {} |\n", code(row.name), code(row.right));
    }
    for (const ConstantRow& row : constants()) {
        if (!row.right.empty()) out += fmt::format("| {} | {} |\n", code(row.name), code(row.right));
    }
    return out + "\n";
}

std::string type_section(const Words& words) {
    std::string out = "## Types and words\n\n| type | meaning |\n|---|---|\n";
    for (const TypeNameRow& row : type_names()) out += fmt::format("| {} | {} |\n", code(row.name), cell(row.doc));
    out += "\nTypes of C headers, as on 64-bit Linux; a typedef of the script or of a header stands before them.\n\n";
    out += "| type | is |\n|---|---|\n";
    for (const CTypeRow& row : c_types()) out += fmt::format("| {} | {} |\n", code(row.name), code(row.same_as));
    const auto list = [&](std::string_view what, const std::vector<std::string>& group) {
        out += fmt::format("| {} |", what);
        for (const std::string& word : group) out += " " + code(word);
        out += " |\n";
    };
    out += "\n| words | |\n|---|---|\n";
    list("of C", words.supported);
    list("storage classes of declarations", words.classes);
    list("storage classes of a first use, before `:`", words.prefixes);
    list("operators", words.operators);
    list("accepted in headers, without effect", words.without_use);
    list("of C, not in Vue", words.refused);
    return out + "\n";
}

std::string field_section() {
    std::string out =
        "## Event fields\n\nWhat an event that is no packet can carry: where built-in variables get their values. A "
        "field that the "
        "kernel cannot give is 0.\n\n| field | type | meaning |\n|---|---|---|\n";
    for (const EventFieldRow& row : event_fields())
        out += fmt::format("| {} | {} | {} |\n", code(row.name), code(to_string(row.type)), cell(row.doc));
    return out;
}

}  // namespace

std::string reference_page(const Words& words) {
    return "<!-- Generated from the tables in builtins/ and grammar/: cmake --build --preset release --target docs "
           "-->\n\n"
           "# Reference\n\n"
           "Everything that the language knows by itself. `probevue -l` lists the probe points of the machine that it "
           "runs on; not every\n"
           "version can enable all of them (README.md has what this one can). [language.md](language.md) explains how "
           "it fits together.\n\n" +
           probe_section() + builtin_section() + function_section() + name_section() + constant_section() +
           type_section(words) + misprint_section() + field_section();
}

}  // namespace probevue::docs
