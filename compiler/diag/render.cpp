#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "builtins/base/shown.h"
#include "builtins/base/text.h"
#include "compiler/diag/diag.h"
#include "compiler/diag/excerpt.h"
#include "compiler/diag/selection.h"
#include "compiler/source/utf8.h"

namespace probevue {

namespace {

constexpr std::string_view indent = "  ";

struct Style {
    std::string_view name;
    std::string_view color;
};

Style style_of(Severity severity) {
    switch (severity) {
        case Severity::error:
            return {"error", "\x1b[1;31m"};
        case Severity::warning:
            return {"warning", "\x1b[1;35m"};
        case Severity::note:
            break;
    }
    return {"note", "\x1b[1;36m"};
}

// Messages as a terminal shows them. All that comes from the script goes through shown(): it steers no terminal.
class Renderer {
public:
    Renderer(const Source& source, const RenderOptions& options) : source_(source), options_(options) {}

    void message(const Diagnostic& diagnostic) {
        const uint32_t raw = source_.raw_offset(diagnostic.span.begin);
        const uint32_t end = std::max(source_.raw_end(diagnostic.span.end), raw);
        message(style_of(diagnostic.severity), diagnostic.text, diagnostic.hint, raw, end);
        substitution(diagnostic.span);
    }

    // On what the user wrote.
    void message(Style style, std::string_view text, std::string_view hint, uint32_t begin, uint32_t end) {
        const Location at = source_.raw_location(begin);
        out_ += paint(fmt::format("{}:{}:{}:", shown(source_.name()), at.line, at.column), "\x1b[1m");
        out_ += ' ';
        out_ += paint(fmt::format("{}:", style.name), style.color);
        out_ += fmt::format(" {}\n", shown(text));
        excerpt(at.line, begin, end);
        if (!hint.empty()) out_ += fmt::format("{}{} {}\n", indent, paint("hint:", "\x1b[1m"), shown(hint));
    }

    void line(std::string_view text) { out_ += fmt::format("{}: {}\n", shown(source_.name()), shown(text)); }

    std::string take() { return std::move(out_); }

private:
    std::string paint(std::string_view text, std::string_view color) const {
        return options_.color ? fmt::format("{}{}\x1b[0m", color, text) : std::string(text);
    }

    void excerpt(uint32_t number, uint32_t begin, uint32_t end) {
        const std::string_view text = source_.line(number);
        if (trim(text).empty()) return;
        const uint32_t start = source_.line_start(number);
        const Excerpt made = make_excerpt(text, begin - start, end - start, options_.width);
        out_ += fmt::format("{}{}\n{}{}\n", indent, made.line, indent, paint_carets(made.carets));
    }

    std::string paint_carets(std::string_view carets) const {
        const size_t blanks = std::min(carets.find('^'), carets.size());
        return std::string(carets.substr(0, blanks)) + paint(carets.substr(blanks), "\x1b[1;32m");
    }

    void substitution(Span span) {
        const std::string text = substitution_note(source_, span.begin);
        if (text.empty()) return;
        out_ += fmt::format("{}{} {}\n", indent, paint("note:", style_of(Severity::note).color), text);
    }

    const Source& source_;
    const RenderOptions& options_;
    std::string out_;
};

}  // namespace

std::string render(const Diagnostics& diagnostics, const Source& source, const RenderOptions& options) {
    Renderer renderer(source, options);
    const SelectedMessages selection = select_messages(diagnostics, source);
    for (const MessageGroup& group : selection.groups) {
        for (const Diagnostic* diagnostic = group.first; diagnostic <= group.last; ++diagnostic)
            renderer.message(*diagnostic);
    }
    for (const std::string& more : selection.left_out) renderer.line(more);
    return renderer.take();
}

std::string render(const Error& error, const Source& source, Location at, size_t length, const RenderOptions& options) {
    const std::string_view line = source.line(at.line);
    size_t begin = 0;
    for (uint32_t column = 1; column < at.column && begin < line.size(); ++column)
        // Columns count characters, and lines are bytes; what is no UTF-8 counts byte by byte.
        begin += std::max<size_t>(utf8::length(line, begin), 1);
    const auto raw = static_cast<uint32_t>(source.line_start(at.line) + begin);
    Renderer renderer(source, options);
    renderer.message(style_of(Severity::error), error.message, error.hint, raw, raw + static_cast<uint32_t>(length));
    return renderer.take();
}

}  // namespace probevue
