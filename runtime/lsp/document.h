// A script that is open in an editor, and what the compiler says of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/compile.h"
#include "runtime/kernel/facts.h"
#include "runtime/lsp/json.h"
#include "runtime/lsp/lines.h"
#include "runtime/options/options.h"

namespace probevue::lsp {

struct Analysis {
    std::vector<Message> said;
    Outline outline;
};

// Checks scripts as `probevue --check` does: attaches nothing, needs no privileges, and reads no files but the headers
// of -I and, for scripts that reach into the kernel's structures, its type information.
class ScriptChecker {
public:
    explicit ScriptChecker(Options options) : options_(std::move(options)) {}

    Analysis check(const std::string& name, const std::string& text) const;
    // In the house style. None when there are errors in its syntax.
    std::optional<std::string> formatted(std::string text) const;
    const KernelFacts& kernel() const { return kernel_; }

private:
    Options options_;
    RunningKernel kernel_;
};

class Document {
public:
    Document(std::string uri, std::optional<int64_t> version, std::string text, Encoding encoding);

    const std::string& uri() const { return uri_; }
    // The path of a file, as messages name it; of what is no file its URI.
    const std::string& name() const { return name_; }
    std::optional<int64_t> version() const { return version_; }
    std::string_view text() const { return text_; }

    size_t offset(Position position) const { return lines_.offset(text_, position); }
    Json range(TextRange range) const;
    Json whole_range() const { return range({0, static_cast<uint32_t>(text_.size())}); }

    // One of `contentChanges`: of a range, or the whole text. Throws RequestError.
    void change(const Json& change);
    void version(std::optional<int64_t> version) { version_ = version; }

    // Of the text as it is; made when first asked for.
    const Analysis& analysis(const ScriptChecker& checker);
    // Does the client not know yet what the text is found to be?
    bool unsaid = true;

private:
    std::string uri_;
    std::string name_;
    std::optional<int64_t> version_;
    std::string text_;
    Encoding encoding_;
    Lines lines_;
    std::optional<Analysis> analysis_;
};

// The path of a `file:` URI; anything else as it is.
std::string path_of(const std::string& uri);

}  // namespace probevue::lsp
