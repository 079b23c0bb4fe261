#include "compiler/diag/message.h"

#include <algorithm>

#include "compiler/diag/selection.h"
#include "compiler/source/utf8.h"

namespace probevue {
namespace {

// At least one character of the line, as a caret stands below one.
MessagePlace place_of(Span span, const Source& source) {
    const uint32_t begin = source.raw_offset(span.begin);
    uint32_t end = std::max(source.raw_end(span.end), begin);
    const std::string& raw = source.raw();
    if (end == begin && end < raw.size() && raw[end] != '\n' && raw[end] != '\r')
        end += static_cast<uint32_t>(std::max<size_t>(1, utf8::length(raw, end)));
    return {source.raw_location(begin), source.raw_location(end), begin + source.mark(), end + source.mark()};
}

Message message_of(const Diagnostic& diagnostic, const Source& source) {
    return {diagnostic.severity, diagnostic.text, diagnostic.hint, source.name(), place_of(diagnostic.span, source)};
}

void add_substitution(const Diagnostic& about, const Source& source, std::vector<Message>& notes) {
    const std::string text = substitution_note(source, about.span.begin);
    if (!text.empty()) notes.push_back({Severity::note, text, {}, source.name(), place_of(about.span, source)});
}

}  // namespace

std::vector<Message> gather(const Diagnostics& diagnostics, const Source& source) {
    std::vector<Message> out;
    const SelectedMessages selection = select_messages(diagnostics, source);
    for (const MessageGroup& group : selection.groups) {
        Message message = message_of(*group.first, source);
        add_substitution(*group.first, source, message.notes);
        for (const Diagnostic* note = group.first + 1; note <= group.last; ++note) {
            message.notes.push_back(message_of(*note, source));
            add_substitution(*note, source, message.notes);
        }
        out.push_back(std::move(message));
    }
    for (const std::string& more : selection.left_out) out.push_back({Severity::note, more, {}, source.name()});
    return out;
}

}  // namespace probevue
