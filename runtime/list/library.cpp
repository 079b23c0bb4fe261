#include "runtime/list/library.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "builtins/base/text.h"
#include "builtins/foreign.h"

namespace probevue {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".e";

// The folder of the running program; empty where /proc is not there to tell.
fs::path program_folder() {
    std::error_code unknown;
    return fs::read_symlink("/proc/self/exe", unknown).parent_path();
}

// The scripts that came with the program. A build is told by what CMake leaves beside the program: an installed one
// must not look into folders that only a build has above it.
std::string own_folder() {
    const fs::path program = program_folder();
    if (program.empty()) return {};
    std::error_code unknown;
    const bool is_build = fs::exists(program / "CMakeCache.txt", unknown);
    const fs::path folder = program / (is_build ? PROBEVUE_SCRIPTS_OF_BUILD : PROBEVUE_SCRIPTS_OF_PREFIX);
    return folder.lexically_normal().string();
}

std::string_view without_suffix(std::string_view name) {
    return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

bool is_file(const fs::path& path) {
    std::error_code unknown;
    return fs::is_regular_file(path, unknown);
}

// By name, where it lies: of several with one name, that of the first folder.
std::map<std::string, fs::path> all_scripts() {
    std::map<std::string, fs::path> out;
    for (const std::string& folder : script_folders()) {
        std::error_code error;
        fs::directory_iterator at(folder, error);
        for (; !error && at != fs::directory_iterator(); at.increment(error)) {
            const std::string name = at->path().filename().string();
            if (name.ends_with(suffix) && !name.starts_with(".") && is_file(at->path()))
                out.emplace(without_suffix(name), at->path());
        }
    }
    return out;
}

// Empty when there is none.
std::string look_up(std::string_view name) {
    name = without_suffix(name);
    if (name.empty() || name.find('/') != std::string_view::npos) return {};
    for (const std::string& folder : script_folders()) {
        const fs::path path = fs::path(folder) / fmt::format("{}{}", name, suffix);
        if (is_file(path)) return path.string();
    }
    return {};
}

std::string folders_text() {
    const std::vector<std::string> folders = script_folders();
    return folders.empty() ? "any folder: /proc does not tell where probevue lies"
                           : fmt::format("{}", fmt::join(folders, ", "));
}

// A line of a comment without the signs that make it one.
std::string_view bare(std::string_view line) {
    line = trim(line);
    for (std::string_view sign : {"/*", "//", "*/", "*", "#"}) {
        if (line.starts_with(sign)) {
            line.remove_prefix(sign.size());
            break;
        }
    }
    if (line.ends_with("*/")) line.remove_suffix(2);
    return trim(line);
}

// The lines of the first comment of a script: a block, or lines of `//` or `#` one below another.
std::vector<std::string_view> first_comment(std::string_view text) {
    std::vector<std::string_view> out;
    bool in_block = false;
    for (std::string_view line : split(text, '\n')) {
        const std::string_view shown = trim(line);
        const bool begins = shown.starts_with("/*") || shown.starts_with("//") || shown.starts_with("#");
        if (!in_block && (shown.starts_with("#!") || shown.starts_with("#VUE_"))) continue;  // for others
        if (!in_block && !begins) {
            if (out.empty() && shown.empty()) continue;
            break;
        }
        out.push_back(bare(line));
        in_block = in_block || shown.starts_with("/*");
        if (in_block && shown.find("*/") != std::string_view::npos) break;
    }
    return out;
}

bool has_word(std::string_view text, std::string_view word) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

// As much of a script as its first comment may take.
std::string read_beginning(const fs::path& path) {
    std::string text(16 * 1024, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(file.gcount()));
    return text;
}

}  // namespace

std::vector<std::string> script_folders() {
    std::vector<std::string> out;
    const char* given = std::getenv("PROBEVUE_SCRIPTS");
    for (std::string_view folder : split(given == nullptr ? "" : given, ':')) {
        if (!folder.empty()) out.emplace_back(folder);
    }
    if (std::string own = own_folder(); !own.empty()) out.push_back(std::move(own));
    return out;
}

ScriptHead read_script_head(std::string_view text) {
    constexpr std::string_view topic = "topic:";
    ScriptHead out;
    std::string paragraph;
    bool at_first = true;
    for (std::string_view line : first_comment(text)) {
        if (line.starts_with(topic)) {
            out.topic = trim(line.substr(topic.size()));
            at_first = false;
        } else if (line.empty()) {
            at_first = at_first && paragraph.empty();
        } else if (at_first) {
            paragraph += (paragraph.empty() ? "" : " ") + std::string(line);
        }
    }
    out.line = paragraph.substr(0, paragraph.find(". "));
    if (out.line.ends_with(".")) out.line.pop_back();
    return out;
}

Result<std::string> find_script(const std::string& argument) {
    std::error_code unknown;
    const bool is_folder = fs::is_directory(argument, unknown);
    // A link that leads nowhere is there too: reading it says what is wrong.
    const bool is_here = !is_folder && fs::exists(fs::symlink_status(argument, unknown));
    if (is_here || argument == "-" || argument.find('/') != std::string::npos) return argument;
    if (std::string found = look_up(argument); !found.empty()) return found;
    if (is_folder) return argument;
    const std::string name(without_suffix(argument));
    std::vector<std::string> names = script_names();
    if (name != argument) {  // NAME.e: a file that lies here, more often
        for (const fs::directory_entry& entry : fs::directory_iterator(".", unknown)) {
            if (entry.path().extension() == ".e") names.push_back(entry.path().filename().string());
        }
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    std::string meant = name == argument ? std::string() : did_you_mean(argument, views);
    if (meant.empty()) meant = did_you_mean(name, views);
    if (const std::string_view foreign = hint_of_foreign(ForeignPlace::script, name); !foreign.empty()) meant = foreign;
    return fail(
        fmt::format("there is no script `{}`: no such file here, and no `{}.e` in {}", argument, name, folders_text()),
        fmt::format("{}{}probevue --scripts lists those that have a name", meant, meant.empty() ? "" : " "),
        ExitStatus::usage);
}

bool is_script_name(const std::string& argument) { return !look_up(argument).empty(); }

Result<std::string> list_scripts(std::string_view word) {
    constexpr std::string_view no_topic = "without a topic";
    struct Entry {
        std::string name;
        std::string line;
    };
    std::map<std::string, std::vector<Entry>> topics;
    size_t width = 0;
    for (const auto& [name, path] : all_scripts()) {
        const ScriptHead head = read_script_head(read_beginning(path));
        if (!has_word(name, word) && !has_word(head.topic, word) && !has_word(head.line, word)) continue;
        topics[head.topic].push_back({name, head.line});
        width = std::max(width, name.size());
    }
    if (topics.empty()) {
        if (word.empty())
            return fail(fmt::format("there are no scripts in {}", folders_text()),
                        "PROBEVUE_SCRIPTS names folders with scripts of yours", ExitStatus::usage);
        return fail(fmt::format("no script has `{}` in its name, topic or line", word),
                    "probevue --scripts lists all scripts", ExitStatus::usage);
    }
    std::string out;
    const auto add = [&](const std::string& title, const std::vector<Entry>& entries) {
        out += fmt::format("{}{}\n", out.empty() ? "" : "\n", title);
        for (const Entry& entry : entries)
            out += entry.line.empty() ? fmt::format("  {}\n", entry.name)
                                      : fmt::format("  {:<{}}  {}\n", entry.name, width, entry.line);
    };
    for (const auto& [topic, entries] : topics) {
        if (!topic.empty()) add(topic, entries);
    }
    if (const auto rest = topics.find(""); rest != topics.end()) add(std::string(no_topic), rest->second);
    return out + "\nprobevue NAME runs one, probevue --show NAME prints it\n";
}

std::vector<std::string> script_names() {
    std::vector<std::string> out;
    for (const auto& [name, path] : all_scripts()) out.push_back(name);
    return out;
}

}  // namespace probevue
