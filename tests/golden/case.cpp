#include "tests/golden/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>

namespace golden {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

void append(Words& to, Words words) { to.insert(to.end(), words.begin(), words.end()); }

struct Key {
    std::string_view name;
    void (*set)(Case&, const std::string& value);
};

// Every line that the head of a case may hold.
constexpr Key keys[] = {
    {"CLAIM", [](Case& c, const std::string& value) { c.claim = value; }},
    {"SPEC", [](Case& c, const std::string& value) { c.spec = value; }},
    {"ARGS", [](Case& c, const std::string& value) { append(c.args, split_words(value)); }},
    {"ARGV", [](Case& c, const std::string& value) { append(c.argv, split_words(value)); }},
    {"STDIN", [](Case& c, const std::string& value) { c.input += value + "\n"; }},
    {"ENV", [](Case& c, const std::string& value) { c.env.push_back(value); }},
    {"SCRIPT", [](Case& c, const std::string& value) { c.script = value; }},
    {"SORT", [](Case& c, const std::string&) { c.sort = true; }},
    {"EXIT",
     [](Case& c, const std::string& value) {
         const char* end = value.data() + value.size();
         if (auto [stop, error] = std::from_chars(value.data(), end, c.exit_status);
             error != std::errc() || stop != end)
             c.mistakes.push_back(fmt::format("EXIT wants a number, not `{}`", value));
     }},
    {"STDERR",
     [](Case& c, const std::string& value) {
         c.ignore_stderr = value == "ignore";
         if (!c.ignore_stderr) c.mistakes.push_back(fmt::format("STDERR knows `ignore` only, not `{}`", value));
     }},
};

std::string_view trim(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
    return text;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

// Takes `text`, a comment line without its slashes, if it is `KEY: value` or a bare known `KEY`. A key that looks like
// one and is unknown is a mistake: a misspelt EXIT must not make a case pass.
void read_line(Case& c, std::string_view text, const std::string& data) {
    std::size_t length = 0;
    while (length < text.size() && std::isupper(static_cast<unsigned char>(text[length]))) ++length;
    const std::string_view name = text.substr(0, length);
    const bool colon = length < text.size() && text[length] == ':';
    if (name.empty() || (!colon && length != text.size())) return;

    const auto* key = std::find_if(std::begin(keys), std::end(keys), [&](const Key& k) { return k.name == name; });
    if (key != std::end(keys)) {
        key->set(c, replace_all(std::string(trim(text.substr(length + (colon ? 1 : 0)))), "$DATA", data));
    } else if (colon) {
        c.mistakes.push_back(fmt::format("unknown key `{}`", name));
    }
}

}  // namespace

std::optional<std::string> read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Words split_words(std::string_view text) {
    Words words;
    bool in_word = false;
    char quote = 0;
    auto put = [&](char ch) {
        if (!in_word) words.emplace_back();
        in_word = true;
        words.back() += ch;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char ch = text[i];
        if (quote ? ch == quote : (ch == '"' || ch == '\'')) {
            quote = quote ? '\0' : ch;
            if (!in_word) words.emplace_back();
            in_word = true;
        } else if (ch == '\\' && quote != '\'' && i + 1 < text.size()) {
            put(text[++i]);
        } else if (!quote && (ch == ' ' || ch == '\t')) {
            in_word = false;
        } else {
            put(ch);
        }
    }
    return words;
}

Case read_case(const fs::path& file, const fs::path& data) {
    Case c;
    c.file = file;
    const fs::path folder = file.parent_path();
    const std::string data_from_case = fs::relative(data, folder.empty() ? "." : folder).string();

    std::ifstream in(file);
    if (!in) c.mistakes.push_back("cannot be read");
    for (std::string line; std::getline(in, line);) {
        const std::string_view text = trim(line);
        if (text.starts_with("//")) {
            read_line(c, trim(text.substr(2)), data_from_case);
        } else if (!text.empty() && !text.starts_with("#!")) {
            break;
        }
    }
    const fs::path beside = fs::path(file).replace_extension(".e");
    if (!c.script && fs::exists(beside)) c.script = beside.filename().string();
    if (c.script && !fs::exists(folder / *c.script)) c.mistakes.push_back(fmt::format("no script `{}`", *c.script));
    return c;
}

std::vector<fs::path> find_cases(const fs::path& root) {
    if (!fs::is_directory(root)) return {root};
    std::vector<fs::path> found;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
        const fs::path& path = entry.path();
        const bool described = fs::exists(fs::path(path).replace_extension(".case"));
        if (path.extension() == ".case" || (path.extension() == ".e" && !described)) found.push_back(path);
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace golden
