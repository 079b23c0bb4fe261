// Probe tuples: which row of probe_points() one matches.
#include <algorithm>
#include <set>

#include "builtins/base/text.h"
#include "builtins/giving.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Could the text stand for the rule, by its form? (Whether it is right is checked once the row is known.)
bool has_form(const TupleFieldRule& rule, std::string_view text) {
    if (rule.rule == FieldRule::literal) return text == rule.text;
    if (rule.rule == FieldRule::pid) return text == "*" || is_number(text);
    return true;
}

using Rows = std::vector<const ProbePointRow*>;

const TupleFieldRule* rule_at(const ProbePointRow& row, size_t field) {
    return field < row.fields.size() ? &row.fields[field] : nullptr;
}

// Is the field behind the words of an event a filter of its packets?
bool is_filter(const Rows& rows, size_t field, const ast::TupleField& written) {
    return rows.size() == 1 && field == rows.front()->fields.size() && written.quoted && takes_filter(*rows.front());
}

// The rows that go on fitting with this field: those with just this word, else those that take anything of such a form.
Rows narrow(const Rows& rows, size_t field, std::string_view text) {
    Rows words;
    Rows others;
    for (const ProbePointRow* row : rows) {
        const TupleFieldRule* rule = rule_at(*row, field);
        if (rule == nullptr || !has_form(*rule, text)) continue;
        (rule->rule == FieldRule::literal ? words : others).push_back(row);
    }
    return words.empty() ? others : words;
}

// Interfaces and protocols of packets have a word for all of them.
bool may_be_left_out(const Rows& rows, size_t field) {
    return std::any_of(rows.begin(), rows.end(), [&](const ProbePointRow* row) {
        const TupleFieldRule* rule = rule_at(*row, field);
        return rule != nullptr && (rule->rule == FieldRule::interfaces || rule->rule == FieldRule::protocol);
    });
}

std::vector<std::string_view> words_at(const Rows& rows, size_t field) {
    std::set<std::string_view> words;
    for (const ProbePointRow* row : rows) {
        const TupleFieldRule* rule = rule_at(*row, field);
        if (rule != nullptr && rule->rule == FieldRule::literal && row->unavailable.empty()) words.insert(rule->text);
    }
    return {words.begin(), words.end()};
}

std::string listed(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
    return text;
}

std::string forms(const Rows& rows) {
    constexpr size_t most = 3;
    std::string text = rows.size() == 1 ? "its form is " : "its forms are ";
    for (size_t i = 0; i < rows.size() && i < most; ++i) text += (i == 0 ? "" : " and ") + whole_form(*rows[i]);
    return text;
}

std::string tuple_prefix(const ast::ProbeTuple& tuple, size_t fields) {
    std::string text = "@@";
    for (size_t i = 0; i < fields && i < tuple.fields.size(); ++i) text += (i == 0 ? "" : ":") + tuple.fields[i].text;
    return text;
}

}  // namespace

SourcePosition Checker::position(uint32_t offset) const {
    const Location location = source_.location(offset);
    return {location.line, location.column};
}

// The row that the tuple means; null after an error.
const ProbePointRow* Checker::match(const ast::ProbeTuple& tuple) {
    if (tuple.fields.empty()) return nullptr;  // the parser has said so
    const std::string& manager = tuple.fields.front().text;
    Rows rows;
    std::vector<std::string_view> managers;
    for (const ProbePointRow& row : probe_points()) {
        if (managers.empty() || managers.back() != row.manager) managers.push_back(row.manager);
        if (row.manager == manager) rows.push_back(&row);
    }
    if (rows.empty()) {
        std::string hint = did_you_mean(manager, managers);
        if (hint.empty()) hint = "probes begin with " + listed(managers);
        error(tuple.fields.front().span, "there is no probe type " + shown(manager), std::move(hint));
        return nullptr;
    }
    if (std::all_of(rows.begin(), rows.end(), [](const ProbePointRow* row) { return !row->unavailable.empty(); })) {
        error(tuple.span, "probes of @@" + manager + " do not exist on Linux", std::string(rows.front()->unavailable));
        return nullptr;
    }
    for (size_t field = 0; field + 1 < tuple.fields.size(); ++field) {
        const ast::TupleField& written = tuple.fields[field + 1];
        if (written.text.empty() && !written.quoted && !may_be_left_out(rows, field)) {
            error(written.span, "empty field behind `:`", "`*` stands for every value");
            return nullptr;
        }
        // Of events whose names begin alike, the one that ends here.
        const auto ends = [&](const ProbePointRow* row) { return row->fields.size() == field; };
        if (const auto at = std::find_if(rows.begin(), rows.end(), ends);
            at != rows.end() && is_filter({*at}, field, written) && field + 2 == tuple.fields.size())
            return *at;
        Rows left = narrow(rows, field, written.text);
        if (left.empty()) {
            const std::string before = tuple_prefix(tuple, field + 1);
            const std::vector<std::string_view> words = words_at(rows, field);
            const bool ended = std::all_of(rows.begin(), rows.end(),
                                           [&](const ProbePointRow* row) { return rule_at(*row, field) == nullptr; });
            if (ended) {
                // bpftrace: tracepoint:GROUP:NAME
                std::string hint =
                    manager == "systrace" && tuple.fields.size() == 4
                        ? "tracepoints have no group here: @@systrace:" + tuple.fields[1].text + ":" + written.text
                        : forms(rows);
                error(written.span, "too many fields behind " + before, std::move(hint));
            } else if (!words.empty() && words.front() != "*") {
                std::string hint = did_you_mean(written.text, words);
                if (hint.empty()) hint = "it can be " + listed(words);
                error(written.span,
                      written.text == "*" ? "`*` cannot stand behind " + before
                                          : shown(written.text) + " cannot stand behind " + before,
                      std::move(hint));
            } else {
                error(written.span, shown(written.text) + " is no process id",
                      "write a number, or `*` for all processes");
            }
            return nullptr;
        }
        rows = std::move(left);
    }
    const size_t given = tuple.fields.size() - 1;
    for (const ProbePointRow* row : rows) {
        if (given == row->fields.size()) return row;
    }
    const std::vector<std::string_view> words = words_at(rows, given);
    std::string hint = forms(rows);
    // `@@uft:*:main:entry`: what is given last could be the end, so a field is missing before it.
    const bool too_early =
        std::find(words.begin(), words.end(), std::string_view(tuple.fields.back().text)) != words.end();
    if (words.size() > 1 && !too_early) hint = "next comes one of " + listed(words);
    error(tuple.span, "the probe point " + tuple_prefix(tuple, tuple.fields.size()) + " is not complete",
          std::move(hint));
    return nullptr;
}

std::optional<ProbeRequest> Checker::probe(const ast::ProbeTuple& tuple) {
    const ProbePointRow* row = match(tuple);
    if (row == nullptr) return std::nullopt;
    if (!row->unavailable.empty()) {
        error(tuple.span, tuple_prefix(tuple, 2) + " cannot be probed on Linux", std::string(row->unavailable));
        return std::nullopt;
    }
    ProbeRequest request;
    request.kind = row->kind;
    request.point = row;
    request.text = source_.text().substr(tuple.span.begin, tuple.span.end - tuple.span.begin);
    request.position = position(tuple.span.begin);
    if (!apply(tuple, *row, request)) return std::nullopt;
    return request;
}

bool Checker::apply(const ast::ProbeTuple& tuple, const ProbePointRow& row, ProbeRequest& request) {
    bool right = true;
    for (size_t i = 0; i + 1 < tuple.fields.size(); ++i) {
        const ast::TupleField& field = tuple.fields[i + 1];
        if (i == row.fields.size()) {
            right = event_filter(field, request) && right;
            continue;
        }
        if (row.fields[i].rule == FieldRule::literal) {
            if (row.kind == ProbeKind::sysproc) request.fill<ProcessProbe>().event = field.text;  // the event
            continue;
        }
        right = apply_field(row.fields[i].rule, field, request) && right;
    }
    return right;
}

}  // namespace probevue::sema
