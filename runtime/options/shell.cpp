#include "runtime/options/shell.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "builtins/base/shown.h"

extern char** environ;

namespace probevue {

std::map<std::string, std::string> environment_variables() {
    std::map<std::string, std::string> out;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const size_t equals = text.find('=');
        if (equals != std::string_view::npos) out.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

namespace {

// https://no-color.org
bool colors_are_refused() {
    const char* no_color = std::getenv("NO_COLOR");
    return no_color != nullptr && *no_color != '\0';
}

bool colored_on(TerminalChoice choice, int fd) {
    if (choice != TerminalChoice::automatic) return choice == TerminalChoice::always;
    if (colors_are_refused()) return false;
    const char* terminal = std::getenv("TERM");
    return isatty(fd) == 1 && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

}  // namespace

bool colored(TerminalChoice choice) { return colored_on(choice, STDERR_FILENO); }

std::string for_standard_output(std::string_view text) {
    return isatty(STDOUT_FILENO) == 1 ? shown_lines(text) : std::string(text);
}

Look look_of_results(const Options& options, int fd) {
    const bool columns =
        options.columns == TerminalChoice::automatic ? isatty(fd) == 1 : options.columns == TerminalChoice::always;
    return {.columns = columns, .color = colored_on(options.color, fd)};
}

SinkOptions for_descriptors(SinkOptions options, int data_fd, int error_fd) {
    options.data_on_terminal = isatty(data_fd) == 1;
    options.errors_on_terminal = isatty(error_fd) == 1;
    return options;
}

bool screen_colored(TerminalChoice choice) {
    return choice == TerminalChoice::automatic ? !colors_are_refused() : choice == TerminalChoice::always;
}

void print_error(const Error& error, bool color) {
    std::string text = fmt::format("probevue: {}error:{} {}\n", color ? "\033[1;31m" : "", color ? "\033[0m" : "",
                                   shown(error.message));
    if (!error.hint.empty()) text += fmt::format("hint: {}\n", shown(error.hint));
    std::fputs(text.c_str(), stderr);  // where nobody reads it, the exit status still tells
}

}  // namespace probevue
