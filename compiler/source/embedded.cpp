// `#VUE_CMD_ARGS` and `#VUE_SCRIPT_ARGS` (AIX: p_commands/probevue).
#include "builtins/base/text.h"
#include "compiler/source/source.h"

namespace probevue {

namespace {

// Words as a shell splits them: blanks separate; quotes and backslashes keep together and go away.
std::vector<std::string> shell_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = '\0';
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            word += text[++i];
            in_word = true;
        } else if (quote != '\0') {
            if (c == quote)
                quote = '\0';
            else
                word += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            in_word = true;
        } else if (c == ' ' || c == '\t') {
            if (in_word) words.push_back(std::move(word));
            word.clear();
            in_word = false;
        } else {
            word += c;
            in_word = true;
        }
    }
    if (in_word) words.push_back(std::move(word));
    return words;
}

void add_words(std::string_view line, std::string_view directive, std::vector<std::string>& words) {
    if (!line.starts_with(directive)) return;
    line.remove_prefix(directive.size());
    if (!line.empty() && line.front() != ' ' && line.front() != '\t') return;
    for (std::string& word : shell_words(line)) words.push_back(std::move(word));
}

}  // namespace

EmbeddedArguments Source::embedded_arguments(std::string_view raw) {
    EmbeddedArguments found;
    for (std::string_view line : split(raw, '\n')) {
        line = trim(line);
        add_words(line, "#VUE_CMD_ARGS", found.command);
        add_words(line, "#VUE_SCRIPT_ARGS", found.script);
    }
    return found;
}

}  // namespace probevue
