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

#include "builtins/base/text.h"

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

Result<Child> Child::start(const std::string& program, const std::string& arguments, const std::string& library_path) {
    if (!runnable(program))
        return fail(fmt::format("the program `{}` of -X cannot be found or run", program),
                    "-X runs a program: give its path; hexdump() prints bytes of packets", ExitStatus::usage);
    std::vector<std::string> words = split_words(arguments);
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
