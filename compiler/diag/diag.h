// Messages on a script: collected by every stage, printed once, sorted by position.
// Form (design, section 7): `file:line:col: error: text`, the source line, a caret span, at most one hint.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"

namespace probevue {

enum class Severity : uint8_t { error, warning, note };

struct Diagnostic {
    Severity severity = Severity::error;
    Span span;
    std::string text;  // lower case, no full stop
    std::string hint;  // may be empty
};

class Diagnostics {
public:
    // Errors printed at the most; the rest is counted.
    static constexpr size_t max_errors = 50;

    void error(Span span, std::string text, std::string hint = {});
    void warning(Span span, std::string text, std::string hint = {});
    void note(Span span, std::string text);

    bool has_errors() const { return errors_ != 0; }
    size_t error_count() const { return errors_; }
    const std::vector<Diagnostic>& all() const { return all_; }

private:
    std::vector<Diagnostic> all_;
    size_t errors_ = 0;
};

struct RenderOptions {
    bool color = false;
    size_t width = 120;  // source lines are shortened around the caret beyond this many columns
};

// All messages as text, sorted by position; notes stay behind the message that they follow.
std::string render(const Diagnostics& diagnostics, const Source& source, const RenderOptions& options);

}  // namespace probevue
