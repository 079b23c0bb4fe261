// Pages and editor files that are made from the tables in builtins/, the flags of the command and the grammar's words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace probevue::docs {

// The words of the language by what they do, read off the comments and rules of grammar/VueLexer.g4.
struct Words {
    std::vector<std::string> supported;    // keywords of C that Vue has
    std::vector<std::string> without_use;  // accepted in headers and structures, without effect
    std::vector<std::string> refused;      // keywords of C that Vue does not have
    std::vector<std::string> classes;      // storage classes: "__auto"
    std::vector<std::string> prefixes;     // of a first use: "auto", before a colon
    std::vector<std::string> operators;    // operators that are words: "and"
};

// Throws std::runtime_error when the grammar does not look as expected.
Words read_words(const std::string& lexer_grammar);

std::string reference_page(const Words& words);  // docs/reference.md

std::string flags_as_markdown();  // rows of the table in docs/command.md
std::string flags_as_roff();      // the list in docs/probevue.1
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

std::string vim_syntax(const Words& words);
std::string textmate_grammar(const Words& words);  // JSON, as VS Code takes it

std::string wireshark_fields();  // the table of fields in docs/wireshark/probevue.lua

// "a|b|c" -> {"a", "b", "c"}; none of an empty text.
std::vector<std::string_view> choices_of(std::string_view choices);
// Managers that have a probe point on Linux, each once: "BEGIN", "net", ...
std::vector<std::string_view> managers();
std::string join(const std::vector<std::string>& words, std::string_view separator);

}  // namespace probevue::docs
