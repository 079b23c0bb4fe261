#include "runtime/cli/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace probevue {
namespace {

// Runs in the new process: waits for the gate, then becomes the program. Only async-signal-safe calls from here on.
[[noreturn]] void become(int gate, const char* path, char* const* argv) {
    char go = 0;
    ssize_t got = 0;
    do {
        got = read(gate, &go, 1);
    } while (got < 0 && errno == EINTR);
    if (got != 1) _exit(127);
    // We ignore them, which programs would inherit.
    std::signal(SIGPIPE, SIG_DFL);
    std::signal(SIGXFSZ, SIG_DFL);
    execvp(path, argv);
    static constexpr char message[] = "probevue: the program of -X cannot be run\n";
    static_cast<void>(!write(STDERR_FILENO, message, sizeof message - 1));
    _exit(127);
}

bool runnable(const std::string& program) {
    if (program.find('/') != std::string::npos) return access(program.c_str(), X_OK) == 0;
    const char* path = std::getenv("PATH");
    std::string directories = path == nullptr ? "/usr/bin:/bin" : path;
    for (size_t begin = 0; begin <= directories.size();) {
        const size_t end = std::min(directories.find(':', begin), directories.size());
        if (access((directories.substr(begin, end - begin) + "/" + program).c_str(), X_OK) == 0) return true;
        begin = end + 1;
    }
    return false;
}

}  // namespace

std::vector<std::string> split_arguments(const std::string& text) {
    std::vector<std::string> out;
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == quote)
                quote = 0;
            else if (c == '\\' && quote == '"' && i + 1 < text.size())
                word += text[++i];
            else
                word += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            in_word = true;
        } else if (c == '\\' && i + 1 < text.size()) {
            word += text[++i];
            in_word = true;
        } else if (c == ' ' || c == '\t') {
            if (in_word) out.push_back(std::move(word));
            word.clear();
            in_word = false;
        } else {
            word += c;
            in_word = true;
        }
    }
    if (in_word) out.push_back(std::move(word));
    return out;
}

Result<Child> Child::start(const std::string& program, const std::string& arguments, const std::string& library_path) {
    if (!runnable(program))
        return fail(fmt::format("the program `{}` of -X cannot be found or run", program), "give its path",
                    ExitStatus::usage);
    std::vector<std::string> words = split_arguments(arguments);
    std::vector<char*> argv;
    std::string name = program;
    argv.push_back(name.data());
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    int gate[2];
    if (pipe2(gate, O_CLOEXEC) != 0) return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    const pid_t pid = fork();
    if (pid < 0) {
        close(gate[0]);
        close(gate[1]);
        return fail(fmt::format("cannot start `{}`: {}", program, std::strerror(errno)));
    }
    if (pid == 0) {
        close(gate[1]);
        if (!library_path.empty()) setenv("LD_LIBRARY_PATH", library_path.c_str(), 1);
        become(gate[0], program.c_str(), argv.data());
    }
    close(gate[0]);
    return Child(pid, gate[1], std::filesystem::path(program).filename().string());
}

Child::Child(Child&& other) noexcept : pid_(other.pid_), gate_(other.gate_), name_(std::move(other.name_)) {
    other.pid_ = -1;
    other.gate_ = -1;
}

Child::~Child() {
    if (gate_ < 0) return;
    close(gate_);
    if (pid_ > 0) waitpid(pid_, nullptr, 0);
}

Status Child::release() {
    const char go = 1;
    const ssize_t written = write(gate_, &go, 1);
    close(gate_);
    gate_ = -1;
    if (written != 1) return fail(fmt::format("cannot start `{}`: {}", name_, std::strerror(errno)));
    return {};
}

}  // namespace probevue
