#include "compiler/source/messages.h"

#include <algorithm>
#include <utility>

namespace probevue {

bool Diagnostics::is_silent(Span span) const {
    return std::any_of(silent_.begin(), silent_.end(),
                       [&](Span zone) { return span.begin >= zone.begin && span.begin < zone.end; });
}

bool Diagnostics::has_error_within(Span zone) const {
    return std::any_of(all_.begin(), all_.end(), [&](const Diagnostic& one) {
        return one.severity == Severity::error && one.span.begin >= zone.begin && one.span.begin < zone.end;
    });
}

void Diagnostics::error(Span span, std::string text, std::string hint) {
    last_left_out_ = is_silent(span);
    if (last_left_out_) return;
    all_.push_back({Severity::error, span, std::move(text), std::move(hint)});
    ++errors_;
}

void Diagnostics::warning(Span span, std::string text, std::string hint) {
    last_left_out_ = is_silent(span);
    if (last_left_out_) return;
    all_.push_back({Severity::warning, span, std::move(text), std::move(hint)});
}

void Diagnostics::note(Span span, std::string text) {
    if (!last_left_out_) all_.push_back({Severity::note, span, std::move(text), {}});
}

}  // namespace probevue
