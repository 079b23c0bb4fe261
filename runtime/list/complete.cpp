#include "runtime/list/complete.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <span>

#include "builtins/base/text.h"
#include "builtins/builtin.h"
#include "builtins/c_type.h"
#include "builtins/function.h"
#include "builtins/giving.h"
#include "builtins/probe.h"
#include "runtime/list/library.h"
#include "runtime/list/script_text.h"
#include "runtime/probes/probe_manager.h"
#include "runtime/sources/live.h"

namespace probevue {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Candidates {
public:
    explicit Candidates(std::string_view begun) : begun_(begun) {}
    void add(std::string_view candidate) {
        if (candidate.starts_with(begun_)) list_.emplace_back(candidate);
    }
    std::vector<std::string> take() {
        std::sort(list_.begin(), list_.end());
        list_.erase(std::unique(list_.begin(), list_.end()), list_.end());
        return std::move(list_);
    }

private:
    std::string_view begun_;
    std::vector<std::string> list_;
};

// May a tuple with these fields, the manager's first, be one of the row's?
bool fits(const ProbePointRow& row, std::span<const std::string_view> fields) {
    const std::vector<std::string_view> forms = split(row.form.substr(2), ':');
    for (size_t i = 0; i < std::min(fields.size(), forms.size()); ++i) {
        if (!stands_for(forms[i], fields[i])) return false;
    }
    return true;
}

// The field of that number of all points of the row that have names: system calls, tracepoints.
std::vector<std::string> names_in_field(const ProbePointRow& row, size_t number) {
    std::vector<std::string> out;
    for (const ListedPoint& point : find_manager(row.kind)->list_named()) {
        const std::vector<std::string_view> fields = split(std::string_view(point.point).substr(2), ':');
        if (fields.front() == row.manager && number < fields.size()) out.emplace_back(fields[number]);
    }
    return out;
}

// What may stand in the field of that number, the manager's being 0, when it is next.
void add_field(const ProbePointRow& row, size_t number, std::string_view before, bool typed, Candidates& to) {
    // Behind the name of an event, its filter.
    if (number > row.fields.size()) {
        if (!typed) to.add(fmt::format("{}\"", before));
        return;
    }
    const TupleFieldRule& rule = row.fields[number - 1];
    const std::string_view separator = number == row.fields.size() ? "" : ":";
    const auto add = [&](std::string_view word) { to.add(fmt::format("{}{}{}", before, word, separator)); };
    switch (rule.rule) {
        case FieldRule::literal:
            add(rule.text);
            break;
        case FieldRule::interfaces:
            for (const std::string& name : interface_names()) add(name);
            break;
        case FieldRule::protocol:
            for (const ProtocolRow& protocol : protocols()) {
                if (protocol.protocol != Protocol::any) add(protocol.name);
            }
            add("*");
            break;
        case FieldRule::filter:
            if (!typed) to.add(fmt::format("{}\"", before));
            break;
        case FieldRule::syscall_any:
            add("*");
            [[fallthrough]];
        case FieldRule::syscall:
        case FieldRule::tracepoint:
            for (const std::string& name : names_in_field(row, number)) add(name);
            break;
        case FieldRule::pid:
        case FieldRule::module:
        case FieldRule::cpus:
            add("*");
            break;
        default:
            break;
    }
}

// Where a tuple that the cursor is in begins, or npos.
size_t tuple_at(std::string_view text) {
    const size_t begin = text.rfind("@@");
    if (begin == std::string_view::npos) return begin;
    bool quoted = false;
    for (const char c : text.substr(begin)) {
        if (c == '"') quoted = !quoted;
        if (!quoted && std::string_view(" \t\n{,").find(c) != std::string_view::npos) return std::string_view::npos;
    }
    return begin;
}

Completion complete_tuple(std::string_view tuple, size_t begin) {
    const std::vector<std::string_view> fields = split(tuple.substr(2), ':');
    std::string_view last = fields.back();
    Candidates out(last);
    if (fields.size() == 1) {
        for (const ProbePointRow& row : probe_points()) {
            if (row.unavailable.empty()) out.add(fmt::format("{}{}", row.manager, row.fields.empty() ? "" : ":"));
        }
        return {begin + 2, out.take()};
    }
    const size_t bar = last.rfind('|');
    const std::string before(bar == std::string_view::npos ? "" : last.substr(0, bar + 1));
    for (const ProbePointRow& row : probe_points()) {
        const size_t most = row.fields.size() + (takes_filter(row) ? 2 : 1);
        if (most < fields.size() || !row.unavailable.empty()) continue;
        if (fits(row, std::span(fields).first(fields.size() - 1)))
            add_field(row, fields.size() - 1, before, !last.empty(), out);
    }
    return {begin + tuple.size() - last.size(), out.take()};
}

using Points = std::vector<const ProbePointRow*>;

Points all_points() {
    Points points;
    for (const ProbePointRow& row : probe_points()) points.push_back(&row);
    return points;
}

// The probe points that the tuples of the clause around the cursor may be.
Points points_around(std::string_view text) {
    Points points;
    std::string_view clause = text.substr(clause_around(text));
    for (size_t at = clause.find("@@"); at != std::string_view::npos; at = clause.find("@@", at + 2)) {
        for (const ProbePointRow* row :
             points_of_tuple(clause.substr(at, clause.find_first_of(" \t\n{,", at) - at), false))
            points.push_back(row);
    }
    return points.empty() ? all_points() : points;
}

void add_builtins(std::string_view name, const Points& points, Candidates& to) {
    for (const BuiltinRow& row : builtin_rows()) {
        if (!row.right.empty() || !has_value(row, points)) continue;
        if (name.empty()) {
            to.add(row.member.empty() ? std::string(row.name) : fmt::format("{}->", row.name));
        } else if (row.name == name) {
            to.add(row.member);
        }
    }
}

// The chain of members before the cursor, which stands behind its last `->` or `.`: "__arg1->dev->".
std::vector<std::string_view> chain_before(std::string_view text) {
    std::vector<std::string_view> out;
    for (;;) {
        const size_t link = text.ends_with("->") ? 2 : text.ends_with('.') ? 1 : 0;
        if (link == 0) return out;
        text.remove_suffix(link);
        size_t begin = text.size();
        while (begin > 0 && is_word(text[begin - 1])) --begin;
        out.insert(out.begin(), text.substr(begin));
        text = text.substr(0, begin);
    }
}

// The tracepoint that the clause around the cursor is on; empty: another probe.
std::string_view tracepoint_around(std::string_view text) {
    const std::string_view clause = text.substr(clause_around(text));
    const size_t at = clause.find("@@");
    if (at == std::string_view::npos) return {};
    const std::string_view tuple = clause.substr(at + 2, clause.find_first_of(" \t\n{,", at) - at - 2);
    const std::vector<std::string_view> fields = split(tuple, ':');
    return fields.size() == 3 && fields.front() == "systrace" ? fields.back() : std::string_view();
}

void add_kernel_members(std::string_view text, size_t begin, const CompletionWords& words, Candidates& to) {
    constexpr std::string_view prefix = "__arg";
    std::vector<std::string_view> chain = chain_before(text.substr(0, begin));
    const std::string_view tracepoint = tracepoint_around(text);
    if (!words.members || chain.empty() || tracepoint.empty() || !chain.front().starts_with(prefix)) return;
    uint32_t argument = 0;
    const std::string_view digits = chain.front().substr(prefix.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), argument);
    chain.erase(chain.begin());
    for (const std::string& member : words.members(tracepoint, argument, chain)) to.add(member);
}

Completion complete_word(std::string_view text, const CompletionWords& words, const Points& points) {
    size_t begin = text.size();
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    const std::string_view word = text.substr(begin);
    Candidates out(word);
    add_kernel_members(text, begin, words, out);
    if (begin >= 1 && text[begin - 1] == '.') return {begin, out.take()};
    if (begin >= 2 && text.substr(begin - 2, 2) == "->") {
        size_t name = begin - 2;
        while (name > 0 && is_word(text[name - 1])) --name;
        add_builtins(text.substr(name, begin - 2 - name), points, out);
        return {begin, out.take()};
    }
    if (word.empty()) return {};
    add_builtins({}, points, out);
    for (const FunctionRow& row : functions()) {
        const bool fits = std::any_of(points.begin(), points.end(),
                                      [&](const ProbePointRow* point) { return contains(row.probes, point->kind); });
        if (fits && row.unavailable.empty()) out.add(fmt::format("{}(", row.name));
    }
    for (const ConstantRow& row : constants()) {
        if (row.right.empty() && find_constant(row.name) != nullptr) out.add(row.name);
    }
    for (const TypeNameRow& row : type_names()) out.add(row.name);
    for (const CTypeRow& row : c_types()) out.add(row.name);
    for (const std::string& name : words.variables) out.add(name);
    for (const std::string& name : words.keywords) out.add(name);
    return {begin, out.take()};
}

// Files, and `names` besides.
Completion complete_file(std::string_view text, size_t begin, const std::vector<std::string>& names = {}) {
    const std::string_view typed = text.substr(begin);
    const size_t slash = typed.rfind('/');
    const std::string folder(slash == std::string_view::npos ? "" : typed.substr(0, slash + 1));
    Candidates out(typed);
    for (const std::string& name : names) out.add(name);
    std::error_code error;
    std::filesystem::directory_iterator at(folder.empty() ? "." : folder, error);
    for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
        std::error_code unknown;
        const std::string name = at->path().filename().string();
        const bool hidden = name.starts_with(".") && !typed.substr(folder.size()).starts_with(".");
        if (!hidden) out.add(folder + name + (at->is_directory(unknown) ? "/" : ""));
    }
    return {begin, out.take()};
}

}  // namespace

std::vector<const ProbePointRow*> points_of_tuple(std::string_view tuple, bool whole) {
    std::vector<const ProbePointRow*> points;
    // A filter in quotes may hold colons.
    const size_t quote = tuple.find('"');
    std::vector<std::string_view> fields = split(tuple.substr(2, quote == tuple.npos ? tuple.npos : quote - 2), ':');
    if (quote != std::string_view::npos) fields.back() = tuple.substr(quote);
    for (const ProbePointRow& row : probe_points()) {
        const size_t own = row.fields.size() + 1;
        const bool may_be = !whole || fields.size() == own || (takes_filter(row) && fields.size() == own + 1);
        if (may_be && fits(row, fields)) points.push_back(&row);
    }
    return points;
}

Completion complete(std::string_view text, size_t cursor, const CompletionWords& words) {
    text = text.substr(0, cursor);
    if (trim(text).empty()) {
        Completion out{text.size(), words.commands};
        out.candidates.emplace_back("@@");
        return out;
    }
    if (text.starts_with(".")) {
        const size_t blank = text.find(' ');
        if (blank == std::string_view::npos) {
            Candidates out(text);
            for (const std::string& name : words.commands) out.add(name);
            return {0, out.take()};
        }
        const std::string command(text.substr(0, blank));
        const auto one_of = [&](const std::vector<std::string>& list) {
            return std::find(list.begin(), list.end(), command) != list.end();
        };
        const size_t begin = std::min(text.find_first_not_of(' ', blank), text.size());
        if (one_of(words.file_commands)) return complete_file(text, begin);
        if (one_of(words.script_commands)) return complete_file(text, begin, script_names());
        if (one_of(words.name_commands)) return complete_word(text, words, all_points());
        return {};
    }
    if (const size_t tuple = tuple_at(text); tuple != std::string_view::npos)
        return complete_tuple(text.substr(tuple), tuple);
    return complete_word(text, words, points_around(text));
}

}  // namespace probevue
