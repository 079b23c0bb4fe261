#include "compiler/source/messages.h"

#include <utility>

namespace probevue {

void Diagnostics::error(Span span, std::string text, std::string hint) {
    all_.push_back({Severity::error, span, std::move(text), std::move(hint)});
    ++errors_;
}

void Diagnostics::warning(Span span, std::string text, std::string hint) {
    all_.push_back({Severity::warning, span, std::move(text), std::move(hint)});
}

void Diagnostics::note(Span span, std::string text) { all_.push_back({Severity::note, span, std::move(text), {}}); }

}  // namespace probevue
