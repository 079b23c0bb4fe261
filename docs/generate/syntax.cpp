// Syntax files for editors.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/builtin.h"
#include "builtins/c_type.h"
#include "builtins/function.h"
#include "docs/generate/generate.h"

namespace probevue::docs {
namespace {

// The names of the tables by what an editor colours alike.
struct Names {
    std::vector<std::string> builtins, functions, constants, types, statements;
};

void add_once(std::vector<std::string>& list, std::string_view name) {
    if (std::find(list.begin(), list.end(), name) == list.end()) list.emplace_back(name);
}

Names names_of(const Words& words) {
    Names names;
    for (const BuiltinRow& row : builtin_rows()) {
        if (row.right.empty()) add_once(names.builtins, row.name);
    }
    for (const FunctionRow& row : functions()) {
        if (row.unavailable.empty()) add_once(names.functions, row.name);
    }
    for (const ConstantRow& row : constants()) {
        if (row.right.empty()) add_once(names.constants, row.name);
    }
    for (const TypeNameRow& row : type_names()) add_once(names.types, row.name);
    for (const CTypeRow& row : c_types()) add_once(names.types, row.name);
    for (const std::string& word : words.supported) {
        const bool operation = word == "sizeof" || word.find("lignof") != std::string::npos;
        const bool statement = word == "if" || word == "else" || word == "return" || operation;
        add_once(statement ? names.statements : names.types, word);
    }
    add_once(names.statements, "when");
    return names;
}

std::string vim_keywords(std::string_view group, const std::vector<std::string>& words) {
    std::string out;
    std::string line;
    for (const std::string& word : words) {
        if (!line.empty() && line.size() + word.size() > 100) {
            out += line + "\n";
            line.clear();
        }
        if (line.empty()) line = fmt::format("syntax keyword {}", group);
        line += " " + word;
    }
    return out + line + "\n";
}

std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string match(std::string_view name, std::string_view pattern) {
    return fmt::format("    {{\"name\": {}, \"match\": {}}}", json_text(name), json_text(pattern));
}

std::string words_match(std::string_view name, const std::vector<std::string>& words) {
    return match(name, fmt::format("\\b(?:{})\\b", join(words, "|")));
}

}  // namespace

std::string vim_syntax(const Words& words) {
    const Names names = names_of(words);
    return "\" Vim syntax file: Vue, the tracing language of probevue.\n"
           "\" Generated from the tables: cmake --build --preset release --target docs\n"
           "if exists('b:current_syntax')\n    finish\nendif\n\n" +
           vim_keywords("probevueStatement", names.statements) + vim_keywords("probevueType", names.types) +
           vim_keywords("probevueStorage", words.classes) + vim_keywords("probevueOperator", words.operators) +
           vim_keywords("probevueHeaderWord", words.without_use) + vim_keywords("probevueRefused", words.refused) +
           vim_keywords("probevueBuiltin", names.builtins) + vim_keywords("probevueFunction", names.functions) +
           vim_keywords("probevueConstant", names.constants) +
           "\n"
           "syntax match probevueStorage /\\<\\(" +
           join(words.prefixes, "\\|") +
           "\\):\\ze\\h/\n"
           "syntax match probevueBuiltin /\\<__arg\\d\\+\\>\\|\\<__rv\\>/\n"
           "syntax match probevueNumber /\\<\\(0[xX]\\x\\+\\|\\d\\+\\(\\.\\d*\\)\\?\\)[uUlL]*\\>/\n"
           "syntax match probevueShell /\\$\\(\\w\\+\\|{\\w\\+}\\)/\n"
           "syntax match probevueConversion /%[-+ #0]*[0-9]*\\(\\.[0-9]*\\)\\?\\(hh\\|h\\|ll\\|l\\)\\?[a-zA-Z%]/ "
           "contained\n"
           "syntax match probevueEscape /\\\\\\(x\\x\\+\\|\\o\\{1,3}\\|.\\)/ contained\n"
           "syntax region probevueString start=/\"/ skip=/\\\\./ end=/\"\\|$/ "
           "contains=probevueConversion,probevueEscape\n"
           "syntax region probevueCharacter start=/'/ skip=/\\\\./ end=/'\\|$/ contains=probevueEscape\n"
           "syntax region probevueFilter start=/\"/ skip=/\\\\./ end=/\"\\|$/ contained\n"
           "syntax match probevueProbe /@@\\([^{,\" \\t]\\|\"[^\"]*\"\\)\\+/ contains=probevueFilter,probevueShell\n"
           "syntax region probevueComment start=/\\/\\*/ end=/\\*\\//\n"
           "syntax match probevueComment /\\/\\/.*/\n"
           "syntax match probevueDirective /^\\s*#.*/\n\n"
           "highlight default link probevueStatement Statement\n"
           "highlight default link probevueType Type\n"
           "highlight default link probevueStorage StorageClass\n"
           "highlight default link probevueOperator Operator\n"
           "highlight default link probevueHeaderWord StorageClass\n"
           "highlight default link probevueRefused Error\n"
           "highlight default link probevueBuiltin Identifier\n"
           "highlight default link probevueFunction Function\n"
           "highlight default link probevueConstant Constant\n"
           "highlight default link probevueNumber Number\n"
           "highlight default link probevueShell PreProc\n"
           "highlight default link probevueConversion SpecialChar\n"
           "highlight default link probevueEscape SpecialChar\n"
           "highlight default link probevueString String\n"
           "highlight default link probevueCharacter Character\n"
           "highlight default link probevueFilter String\n"
           "highlight default link probevueProbe PreProc\n"
           "highlight default link probevueComment Comment\n"
           "highlight default link probevueDirective PreProc\n\n"
           "let b:current_syntax = 'probevue'\n";
}

std::string textmate_grammar(const Words& words) {
    const Names names = names_of(words);
    const std::vector<std::string> patterns = {
        R"(    {"name": "comment.block.probevue", "begin": "/\\*", "end": "\\*/"})",
        match("comment.line.double-slash.probevue", "//.*$"),
        match("meta.preprocessor.probevue", "^\\s*#.*$"),
        "    {\"name\": \"entity.name.function.probe.probevue\", \"begin\": \"@@\", \"end\": \"(?=[{,\\\\s])\",\n"
        "     \"patterns\": [{\"name\": \"string.quoted.double.filter.probevue\", \"begin\": \"\\\"\", \"end\": "
        "\"\\\"|$\"}]}",
        "    {\"name\": \"string.quoted.double.probevue\", \"begin\": \"\\\"\", \"end\": \"\\\"|$\",\n"
        "     \"patterns\": [{\"name\": \"constant.character.escape.probevue\", \"match\": \"\\\\\\\\.\"},\n"
        "                  {\"name\": \"constant.other.placeholder.probevue\", \"match\": \"%[-+ "
        "#0]*[0-9]*(?:\\\\.[0-9]*)?(?:hh|h|ll|l)?[a-zA-Z%]\"}]}",
        match("string.quoted.single.probevue", "'(?:[^'\\\\]|\\\\.)*'"),
        words_match("keyword.control.probevue", names.statements),
        words_match("storage.modifier.probevue", words.classes),
        match("storage.modifier.probevue", fmt::format("\\b(?:{}):(?=[A-Za-z_])", join(words.prefixes, "|"))),
        words_match("storage.modifier.probevue", words.without_use),
        words_match("keyword.operator.word.probevue", words.operators),
        words_match("invalid.illegal.probevue", words.refused),
        words_match("storage.type.probevue", names.types),
        words_match("variable.language.probevue", names.builtins),
        match("variable.language.probevue", "\\b(?:__arg[0-9]+|__rv)\\b"),
        words_match("support.function.probevue", names.functions),
        words_match("constant.language.probevue", names.constants),
        match("constant.numeric.probevue", "\\b(?:0[xX][0-9A-Fa-f]+|[0-9]+(?:\\.[0-9]*)?)[uUlL]*\\b"),
        match("variable.parameter.probevue", "\\$(?:[A-Za-z_0-9]+|\\{[A-Za-z_0-9]+\\})"),
    };
    return "{\n"
           "  \"comment\": \"Generated from the tables: cmake --build --preset release --target docs\",\n"
           "  \"name\": \"probevue\",\n"
           "  \"scopeName\": \"source.probevue\",\n"
           "  \"fileTypes\": [\"e\"],\n"
           "  \"patterns\": [\n" +
           join(patterns, ",\n") + "\n  ]\n}\n";
}

}  // namespace probevue::docs
