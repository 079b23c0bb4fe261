#include "compiler/diag/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "builtins/base/text.h"

namespace probevue {
namespace {

constexpr size_t max_warnings = 50;
constexpr size_t max_value_shown = 60;  // bytes of a shell element's value

bool same(const MessageGroup& a, const MessageGroup& b) {
    return a.first->severity == b.first->severity && a.first->span.begin == b.first->span.begin &&
           a.first->text == b.first->text;
}

std::vector<MessageGroup> sorted_groups(const Diagnostics& diagnostics, const Source& source) {
    std::vector<MessageGroup> groups;
    for (const Diagnostic& diagnostic : diagnostics.all()) {
        if (diagnostic.severity == Severity::note && !groups.empty()) {
            groups.back().last = &diagnostic;
        } else {
            groups.push_back({&diagnostic, &diagnostic, source.raw_offset(diagnostic.span.begin)});
        }
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const MessageGroup& a, const MessageGroup& b) { return a.position < b.position; });
    groups.erase(std::unique(groups.begin(), groups.end(), same), groups.end());
    return groups;
}

std::string more(size_t count, std::string_view what) {
    return fmt::format("{} more {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

SelectedMessages select_messages(const Diagnostics& diagnostics, const Source& source) {
    SelectedMessages out;
    size_t errors = 0;
    size_t warnings = 0;
    for (const MessageGroup& group : sorted_groups(diagnostics, source)) {
        const bool is_error = group.first->severity == Severity::error;
        size_t& count = is_error ? errors : warnings;
        if (++count <= (is_error ? Diagnostics::max_errors : max_warnings)) out.groups.push_back(group);
    }
    if (warnings > max_warnings) out.left_out.push_back(more(warnings - max_warnings, "warning"));
    if (errors > Diagnostics::max_errors) out.left_out.push_back(more(errors - Diagnostics::max_errors, "error"));
    return out;
}

// AIX: probevue_var_shell replaces `$1` textually, so the reader needs to see by what.
std::string substitution_note(const Source& source, uint32_t offset) {
    const std::string_view element = source.substituted_from(offset);
    if (element.empty()) return {};
    const std::string_view value = source.substituted_text(offset);
    return fmt::format("`{}` stands for `{}{}`", element, escape(value.substr(0, max_value_shown)),
                       value.size() > max_value_shown ? "..." : "");
}

}  // namespace probevue
