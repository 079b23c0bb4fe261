#include "runtime/lsp/document.h"

#include <charconv>
#include <utility>

#include "runtime/options/compiling.h"

namespace probevue::lsp {

Analysis ScriptChecker::check(const std::string& name, const std::string& text) const {
    Analysis out;
    Options options = options_;
    CompileInput input{name, text, {}, {}};
    options.script_arguments = Source::embedded_arguments(text).script;
    if (Status added = add_surroundings(input, options); !added) {
        out.said.push_back({Severity::error, added.error().message, added.error().hint});
        return out;
    }
    CompileOptions how = compile_options(options);
    how.outline = true;
    if (options.replay.empty()) how.types = &kernel_;
    Compiled compiled = compile(std::move(input), how);
    out.said = std::move(compiled.said);
    if (compiled.outline) out.outline = std::move(*compiled.outline);
    return out;
}

std::optional<std::string> ScriptChecker::formatted(std::string text) const {
    CompileInput input{{}, std::move(text), {}, {}};
    if (Status added = add_surroundings(input, options_); !added) return std::nullopt;
    return format_source(std::move(input), false).text;
}

Document::Document(std::string uri, std::optional<int64_t> version, std::string text, Encoding encoding)
    : uri_(std::move(uri)),
      name_(path_of(uri_)),
      version_(version),
      text_(std::move(text)),
      encoding_(encoding),
      lines_(text_, encoding) {}

Json Document::range(TextRange range) const {
    return {{"start", to_json(lines_.position(text_, range.begin))},
            {"end", to_json(lines_.position(text_, range.end))}};
}

void Document::change(const Json& change) {
    const std::string& text = lsp::text(change, "text");
    if (const Json* range = find(change, "range"); range != nullptr && !range->is_null()) {
        const size_t begin = offset(position_of(member(*range, "start")));
        const size_t end = offset(position_of(member(*range, "end")));
        if (end < begin) throw RequestError{ErrorCode::invalid_params, "`range` ends before it begins"};
        // A place beyond the text is its end (Lines::offset), so that this cannot fail.
        text_.replace(begin, end - begin, text);
    } else {
        text_ = text;
    }
    lines_ = Lines(text_, encoding_);
    // Checked when it is asked for: of several changes only the last one's text is.
    analysis_.reset();
    unsaid = true;
}

const Analysis& Document::analysis(const ScriptChecker& checker) {
    if (!analysis_) analysis_ = checker.check(name_, text_);
    return *analysis_;
}

std::string path_of(const std::string& uri) {
    constexpr std::string_view scheme = "file://";
    if (!uri.starts_with(scheme)) return uri;
    std::string_view rest = std::string_view(uri).substr(scheme.size());
    rest = rest.substr(std::min(rest.find('/'), rest.size()));  // behind the host
    std::string out;
    for (size_t at = 0; at < rest.size(); ++at) {
        unsigned value = 0;
        const char* digits = rest.data() + at + 1;
        // A `%` that begins no code stands for itself.
        const bool coded =
            rest[at] == '%' && at + 2 < rest.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
        out += coded ? static_cast<char>(value) : rest[at];
        if (coded) at += 2;
    }
    return out;
}

}  // namespace probevue::lsp
