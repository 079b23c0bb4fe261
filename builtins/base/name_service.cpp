#include "builtins/base/name_service.h"

#include <array>
#include <fstream>
#include <iterator>
#include <sstream>

namespace probevue {
namespace {

constexpr auto answered = std::to_array<std::string_view>({"files", "dns", "compat", "db"});

bool is_answered(std::string_view module) {
    for (const std::string_view one : answered) {
        if (one == module) return true;
    }
    return false;
}

}  // namespace

std::string modules_beyond_files(std::string_view text, std::string_view database) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string word;
        if (!(words >> word) || word != std::string(database) + ":") continue;
        std::string out;
        bool in_action = false;  // [NOTFOUND=return]
        while (words >> word) {
            if (word.front() == '[') in_action = true;
            if (!in_action && !is_answered(word)) out += (out.empty() ? "" : ", ") + word;
            if (word.back() == ']') in_action = false;
        }
        return out;
    }
    return {};
}

std::string unasked_name_services([[maybe_unused]] std::string_view database) {
#if PROBEVUE_STATIC
    std::ifstream file("/etc/nsswitch.conf");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return modules_beyond_files(text, database);
#else
    return {};
#endif
}

std::string of_unasked_services(std::string_view database) {
    const std::string modules = unasked_name_services(database);
    if (modules.empty()) return {};
    return "; a statically linked probevue does not ask " + modules + " (/etc/nsswitch.conf)";
}

}  // namespace probevue
