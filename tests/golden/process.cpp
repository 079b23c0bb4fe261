#include "tests/golden/process.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

namespace golden {
namespace {

constexpr rlim_t largest_file = 256U << 20U;  // a program that prints without end is stopped here

int check(int result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
    return result;
}

// A file in memory: standard input, output or error of the program.
class MemoryFile {
public:
    explicit MemoryFile(const char* name) : fd_(check(memfd_create(name, MFD_CLOEXEC), "memfd_create")) {}
    ~MemoryFile() { close(fd_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    int fd() const { return fd_; }

    void write(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t n = ::write(fd_, text.data(), text.size());
            check(static_cast<int>(n), "write");
            text.remove_prefix(static_cast<std::size_t>(n));
        }
        lseek(fd_, 0, SEEK_SET);
    }

    std::string read_all() const {
        std::string text(static_cast<std::size_t>(lseek(fd_, 0, SEEK_END)), '\0');
        std::size_t done = 0;
        while (done < text.size()) {
            const ssize_t n = pread(fd_, text.data() + done, text.size() - done, static_cast<off_t>(done));
            if (n <= 0) break;
            done += static_cast<std::size_t>(n);
        }
        text.resize(done);
        return text;
    }

private:
    int fd_;
};

std::string_view name_of(std::string_view setting) { return setting.substr(0, setting.find('=')); }

std::vector<std::string> environment(const std::vector<std::string>& changes) {
    std::vector<std::string> env;
    for (char** entry = environ; *entry != nullptr; ++entry) env.emplace_back(*entry);
    for (const std::string& change : changes) {
        std::erase_if(env, [&](const std::string& old) { return name_of(old) == name_of(change); });
        if (change.find('=') != std::string::npos) env.push_back(change);
    }
    return env;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

struct Image {
    const char* program;
    const char* folder;
    char** argv;
    char** env;
    int fds[3];
};

// In the child: only calls that are safe between fork and exec in a program with threads.
[[noreturn]] void become(const Image& image) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit no_core = {0, 0};
    const rlimit file_size = {largest_file, largest_file};
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_FSIZE, &file_size);
    bool ready = chdir(image.folder) == 0;
    for (int i = 0; i < 3; ++i) ready = ready && dup2(image.fds[i], i) == i;
    if (ready) execve(image.program, image.argv, image.env);
    _exit(127);
}

// Waits for the end of `pid`; kills its whole group when the time is over. True if it ended by itself.
bool wait_for(pid_t pid, std::chrono::seconds timeout, int& status) {
    const int pidfd = check(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)), "pidfd_open");
    pollfd ended = {pidfd, POLLIN, 0};
    int ready = 0;
    do {
        ready = poll(&ended, 1, static_cast<int>(std::chrono::milliseconds(timeout).count()));
    } while (ready < 0 && errno == EINTR);
    close(pidfd);
    if (ready == 0) kill(pid, SIGKILL);
    kill(-pid, SIGKILL);  // also what it left behind; the group exists until the wait below
    check(waitpid(pid, &status, 0), "waitpid");
    return ready > 0;
}

}  // namespace

Outcome run(const Command& command, std::chrono::seconds timeout) {
    std::vector<std::string> args = command.args;
    args.insert(args.begin(), command.program.string());
    std::vector<std::string> env = environment(command.env);
    std::vector<char*> argv_pointers = pointers(args);
    std::vector<char*> env_pointers = pointers(env);

    const MemoryFile in("stdin");
    const MemoryFile out("stdout");
    const MemoryFile err("stderr");
    in.write(command.input);

    const Image image = {command.program.c_str(),
                         command.folder.c_str(),
                         argv_pointers.data(),
                         env_pointers.data(),
                         {in.fd(), out.fd(), err.fd()}};
    const pid_t pid = check(fork(), "fork");
    if (pid == 0) become(image);

    int status = 0;
    Outcome outcome;
    outcome.timed_out = !wait_for(pid, timeout, status);
    outcome.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    outcome.out = out.read_all();
    outcome.err = err.read_all();
    return outcome;
}

}  // namespace golden
