// Messages on a script, as every stage collects them. compiler/diag prints them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/source/span.h"

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
    // Belongs to the message before it.
    void note(Span span, std::string text);
    // What begins in `zone` and is reported from now on would follow from an error that has been reported: left out.
    void silence(Span zone) { silent_.push_back(zone); }

    bool has_errors() const { return errors_ != 0; }
    size_t error_count() const { return errors_; }
    bool has_error_within(Span zone) const;
    // In the order in which they were found.
    const std::vector<Diagnostic>& all() const { return all_; }

private:
    bool is_silent(Span span) const;

    std::vector<Diagnostic> all_;
    std::vector<Span> silent_;
    size_t errors_ = 0;
    bool last_left_out_ = false;
};

}  // namespace probevue
