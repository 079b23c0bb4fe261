// The flags of the command: for the manual page, docs/command.md and the completions of the shells.
#include "runtime/options/flags.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "docs/generate/generate.h"

namespace probevue::docs {
namespace {

// "-V, --version"
std::string spelled(const FlagRow& row) {
    std::string out = row.letter != 0 ? fmt::format("-{}", row.letter) : "";
    if (!row.name.empty()) out += fmt::format("{}--{}", out.empty() ? "" : ", ", row.name);
    return out;
}

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
    std::string out(text);
    for (size_t at = 0; (at = out.find(what, at)) != std::string::npos; at += by.size())
        out.replace(at, what.size(), by);
    return out;
}

// Text with `code` in backquotes as roff: bold, minus signs that stay minus signs.
std::string roff(std::string_view text) {
    std::string out;
    bool in_code = false;
    for (char c : text) {
        if (c == '`') {
            out += in_code ? "\\fR" : "\\fB";
            in_code = !in_code;
        } else if (c == '-') {
            out += "\\-";
        } else if (c == '\\') {
            out += "\\e";
        } else {
            out += c;
        }
    }
    return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

// What the argument of a flag is, for completion.
enum class Kind { file, program, script, text };

Kind kind_of(const FlagRow& row) {
    if (row.argument.starts_with("FILE") || row.argument == "PATH" || row.argument == "DIR" || row.argument == "HEADER")
        return Kind::file;
    if (row.id == FlagId::show) return Kind::script;
    return row.argument == "PROG" ? Kind::program : Kind::text;
}

std::string words_of(const FlagRow& row) {
    std::string out;
    for (std::string_view word : choices_of(row.choices)) out += (out.empty() ? "" : " ") + std::string(word);
    return out;
}

std::string manager_words() {
    std::string out;
    for (std::string_view name : managers()) out += (out.empty() ? "" : " ") + std::string(name);
    return out;
}

std::string_view summary_of(const FlagRow& row) {
    return row.summary.empty() ? row.doc.substr(0, row.doc.find_first_of(".:")) : row.summary;
}

}  // namespace

std::string flags_as_markdown() {
    std::string out = "| flag | meaning |\n|---|---|\n";
    for (const FlagRow& row : flag_rows) {
        std::string form = spelled(row);
        if (!row.argument.empty()) form += fmt::format(" {}", row.argument);
        if (!row.choices.empty() && row.choices != row.argument && row.id != FlagId::dump)
            form += fmt::format("` (`{}`)", replaced(row.choices, "|", "` `"));
        const bool closed = form.ends_with(")");
        out += fmt::format("| `{}{} | {} |\n", replaced(form, "|", "\\|"), closed ? "" : "`",
                           replaced(row.doc, "|", "\\|"));
    }
    return out;
}

std::string flags_as_roff() {
    std::string out;
    for (const FlagRow& row : flag_rows) {
        const std::string names = replaced(roff(spelled(row)), ", ", "\\fR, \\fB");
        out += fmt::format(".TP\n\\fB{}\\fR", names);
        if (!row.argument.empty()) out += fmt::format(" \\fI{}\\fR", roff(row.argument));
        out += fmt::format("\n{}\n", roff(row.doc));
        if (!row.choices.empty() && row.choices != row.argument && row.id != FlagId::dump) {
            out += fmt::format("One of {}.\n", roff("`" + replaced(row.choices, "|", "`, `") + "`"));
        }
    }
    return out;
}

std::string bash_completion() {
    std::string cases;
    std::string flags;
    std::string values;  // flags that take a value, as a pattern
    for (const FlagRow& row : flag_rows) {
        for (const std::string& form : {row.letter != 0 ? fmt::format("-{}", row.letter) : "",
                                        row.name.empty() ? "" : fmt::format("--{}", row.name)}) {
            if (form.empty()) continue;
            flags += (flags.empty() ? "" : " ") + form;
            if (row.argument.empty()) continue;
            values += (values.empty() ? "" : "|") + form;
            std::string how;
            if (row.id == FlagId::list)
                how = fmt::format("compgen -W '{}' -- \"$word\"", manager_words());
            else if (!row.choices.empty())
                how = fmt::format("compgen -W '{}' -- \"$word\"", words_of(row));
            else if (kind_of(row) == Kind::program)
                how = "compgen -c -- \"$word\"";
            else if (kind_of(row) == Kind::file)
                how = "compgen -f -- \"$word\"";
            else if (kind_of(row) == Kind::script)
                how = "_probevue_scripts \"$word\"";
            else
                how = ":";
            cases += fmt::format("        {}) mapfile -t COMPREPLY < <({}); return ;;\n", form, how);
        }
    }
    return "# Completion of probevue for bash.\n"
           "# Generated from the flags of the command: cmake --build --preset release --target docs\n"
           "# Names of scripts that begin with a word: `probevue --scripts` indents them.\n"
           "_probevue_scripts() {\n"
           "    compgen -W \"$(\"${COMP_WORDS[0]}\" --scripts 2>/dev/null | sed -n 's/^  \\([^ ]*\\).*/\\1/p')\" -- "
           "\"$1\"\n"
           "}\n"
           "_probevue() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} at\n"
           "    COMPREPLY=()\n"
           "    # Behind the script stand its own arguments: files, as good a guess as any.\n"
           "    for ((at = 1; at < COMP_CWORD; at++)); do\n"
           "        case ${COMP_WORDS[at]} in\n"
           "        " +
           values +
           ") ((at++)) ;;\n"
           "        -*) ;;\n"
           "        *) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n"
           "        esac\n"
           "    done\n"
           "    case $before in\n" +
           cases +
           "    esac\n"
           "    case $word in\n"
           "        -*) mapfile -t COMPREPLY < <(compgen -W '" +
           flags +
           "' -- \"$word\") ;;\n"
           "        *) mapfile -t COMPREPLY < <(_probevue_scripts \"$word\"; compgen -f -X '!*.e' -- \"$word\"; "
           "compgen -d -- \"$word\") ;;\n"
           "    esac\n"
           "}\n"
           "complete -o filenames -F _probevue probevue\n";
}

std::string zsh_completion() {
    std::string out =
        "#compdef probevue\n"
        "# Completion of probevue for zsh.\n"
        "# Generated from the flags of the command: cmake --build --preset release --target docs\n"
        "# Names of scripts, with what they answer: `probevue --scripts` indents them.\n"
        "_probevue_names() {\n"
        "    local -a names\n"
        "    names=(${(f)\"$(_call_program scripts ${(q)words[1]} --scripts 2>/dev/null |\n"
        "        sed -n 's/:/\\\\:/g; s/^  \\([^ ]*\\) *\\(.*\\)/\\1:\\2/p')\"})\n"
        "    _describe -t scripts script names\n"
        "}\n"
        "_probevue_scripts() {\n"
        "    _alternative 'scripts:script:_probevue_names' 'files:file:_files -g \"*.e(-.)\"'\n"
        "}\n"
        "_arguments -s -S \\\n";
    for (const FlagRow& row : flag_rows) {
        std::string summary = replaced(replaced(replaced(summary_of(row), "'", "'\\''"), "[", "("), "]", ")");
        summary = replaced(summary, ":", "\\:");
        std::string action;
        if (!row.argument.empty()) {
            std::string how = " ";
            if (row.id == FlagId::list)
                how = fmt::format("({})", manager_words());
            else if (!row.choices.empty())
                how = fmt::format("({})", words_of(row));
            else if (kind_of(row) == Kind::program)
                how = "_command_names -e";
            else if (kind_of(row) == Kind::file)
                how = "_files";
            else if (kind_of(row) == Kind::script)
                how = "_probevue_scripts";
            const bool optional = row.argument.starts_with("[");
            action = fmt::format("{}:value:{}", optional ? ":" : "", how);
        }
        for (const std::string& form : {row.letter != 0 ? fmt::format("-{}", row.letter) : "",
                                        row.name.empty() ? "" : fmt::format("--{}", row.name)}) {
            if (!form.empty()) out += fmt::format("    '*{}[{}]{}' \\\n", form, summary, action);
        }
    }
    return out + "    '1:script:_probevue_scripts' \\\n    '*:argument:_files'\n";
}

std::string fish_completion() {
    std::string out;
    std::string values;  // flags that take a value
    for (const FlagRow& row : flag_rows) {
        const std::string forms = fmt::format("{}{}", row.letter != 0 ? fmt::format(" -s {}", row.letter) : "",
                                              row.name.empty() ? "" : fmt::format(" -l {}", row.name));
        std::string how;
        if (!row.argument.empty()) {
            if (row.letter != 0) values += fmt::format(" -{}", row.letter);
            if (!row.name.empty()) values += fmt::format(" --{}", row.name);
            if (row.id == FlagId::list)
                how = fmt::format(" -x -a '{}'", manager_words());
            else if (!row.choices.empty())
                how = fmt::format(" -x -a '{}'", words_of(row));
            else if (kind_of(row) == Kind::program)
                how = " -x -a '(__fish_complete_command)'";
            else if (kind_of(row) == Kind::file)
                how = " -r -F";
            else if (kind_of(row) == Kind::script)
                how = " -x -a '(__probevue_names)'";
            else
                how = " -x";
        }
        const std::string summary = replaced(replaced(summary_of(row), "\\", "\\\\"), "'", "\\'");
        out += fmt::format("complete -c probevue -n __probevue_before_script{}{} -d '{}'\n", forms, how, summary);
    }
    return "# Completion of probevue for fish.\n"
           "# Generated from the flags of the command: cmake --build --preset release --target docs\n"
           "# Names of scripts, with what they answer: `probevue --scripts` indents them.\n"
           "function __probevue_names\n"
           "    set -l words (commandline -opc)\n"
           "    $words[1] --scripts 2>/dev/null | string replace -rf '^  (\\S+) *(.*)' '$1\\t$2'\n"
           "end\n"
           "# Behind the script stand its own arguments: files, as good a guess as any.\n"
           "function __probevue_before_script\n"
           "    set -l words (commandline -opc)\n"
           "    set -l at 2\n"
           "    while test $at -le (count $words)\n"
           "        if contains -- $words[$at]" +
           values +
           "\n"
           "            set at (math $at + 1)\n"
           "        else if not string match -q -- '-*' $words[$at]\n"
           "            return 1\n"
           "        end\n"
           "        set at (math $at + 1)\n"
           "    end\n"
           "end\n"
           "complete -c probevue -n __probevue_before_script -f -a '(__probevue_names)'\n"
           "complete -c probevue -n __probevue_before_script -k -a '(__fish_complete_suffix .e)'\n" +
           out;
}

}  // namespace probevue::docs
