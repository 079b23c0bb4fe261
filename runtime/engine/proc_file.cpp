#include "runtime/engine/proc_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>

#include "builtins/base/text.h"
#include "runtime/engine/process.h"

namespace probevue {

std::optional<std::string> read_file(const std::string& path) {
    const OwnedFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return std::nullopt;
    std::string text;
    std::array<char, 4096> part;
    // Until the end: files of /proc have the size 0, and give no more at a time than they like.
    while (true) {
        const ssize_t got = read(file.get(), part.data(), part.size());
        if (got < 0) return std::nullopt;
        if (got == 0) return text;
        text.append(part.data(), static_cast<size_t>(got));
    }
}

std::optional<std::string> read_link(const std::string& path) {
    std::array<char, PATH_MAX> target;
    const ssize_t length = readlink(path.c_str(), target.data(), target.size());
    if (length < 0) return std::nullopt;
    return std::string(target.data(), static_cast<size_t>(length));
}

std::vector<std::string_view> lines_of(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    return text.empty() ? std::vector<std::string_view>() : split(text, '\n');
}

std::vector<std::string_view> words_of(std::string_view line) {
    constexpr std::string_view blanks = " \t\n";
    std::vector<std::string_view> words;
    for (size_t begin = line.find_first_not_of(blanks); begin != std::string_view::npos;) {
        const size_t end = line.find_first_of(blanks, begin);
        words.push_back(line.substr(begin, end - begin));
        begin = end == std::string_view::npos ? end : line.find_first_not_of(blanks, end);
    }
    return words;
}

std::string_view value_after(std::string_view text, std::string_view label) {
    for (const std::string_view line : lines_of(text)) {
        if (line.starts_with(label)) return trim(line.substr(label.size()));
    }
    return {};
}

int64_t number_of(std::string_view text, int base) {
    // Addresses and signal sets use all 64 bits; negative numbers come from fields like nice.
    if (text.starts_with('-')) {
        int64_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number, base);
        return number;
    }
    uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number, base);
    return static_cast<int64_t>(number);
}

std::vector<std::string_view> stat_words(std::string_view stat) {
    // The name before it may have blanks and brackets of its own (proc(5)); no field behind it has any.
    const size_t close = stat.rfind(')');
    return close == std::string_view::npos ? std::vector<std::string_view>() : words_of(stat.substr(close + 1));
}

std::string process_name(int64_t pid) {
    const std::optional<std::string> name = read_file(fmt::format("/proc/{}/comm", pid));
    // Processes name themselves, and may put anything there.
    return name ? escape(trim(*name)) : std::string();
}

int64_t parent_of(int64_t pid) {
    const std::string stat = read_file(fmt::format("/proc/{}/stat", pid)).value_or(std::string());
    const std::vector<std::string_view> words = stat_words(stat);
    // The fourth field of the file; words begin with the third, the state.
    return words.size() > 1 ? number_of(words[1]) : 0;
}

}  // namespace probevue
