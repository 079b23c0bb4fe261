#include "runtime/cli/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "builtins/base/name_service.h"
#include "builtins/base/text.h"
#include "runtime/sinks/written_file.h"

namespace probevue {
namespace {

// Who runs the program, all of it looked up before the process is made.
struct ChildUser {
    std::string name;
    std::string home;
    uid_t user = 0;
    gid_t group = 0;
    std::vector<gid_t> groups;
};

// The user of that number, or of that name when there is one.
std::optional<ChildUser> look_up(const char* name, uid_t number) {
    passwd entry{};
    passwd* found = nullptr;
    constexpr size_t room = 64 * 1024;
    std::vector<char> text(room);
    const int error = name != nullptr ? getpwnam_r(name, &entry, text.data(), text.size(), &found)
                                      : getpwuid_r(number, &entry, text.data(), text.size(), &found);
    if (error != 0 || found == nullptr) return std::nullopt;
    return ChildUser{entry.pw_name, entry.pw_dir, entry.pw_uid, entry.pw_gid, {}};
}

void add_groups(ChildUser& user) {
    int count = 64;
    user.groups.resize(static_cast<size_t>(count));
    if (getgrouplist(user.name.c_str(), user.group, user.groups.data(), &count) < 0) {
        user.groups.resize(static_cast<size_t>(count));
        static_cast<void>(getgrouplist(user.name.c_str(), user.group, user.groups.data(), &count));
    }
    user.groups.resize(static_cast<size_t>(count));
}

// Nobody: the program runs as we do.
Result<std::optional<ChildUser>> child_user(const std::string& wanted) {
    std::optional<ChildUser> out;
    if (!wanted.empty()) {
        uid_t number = 0;
        const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
        const bool is_number = error == std::errc() && end == wanted.data() + wanted.size();
        out = look_up(wanted.c_str(), 0);
        if (!out && is_number) out = look_up(nullptr, number);
        if (!out)
            return fail(fmt::format("--child-user: there is no user `{}`{}", wanted, of_unasked_services("passwd")),
                        "getent passwd lists them", ExitStatus::usage);
        if (out->user == geteuid()) return std::optional<ChildUser>();
        if (geteuid() != 0)
            return fail(fmt::format("--child-user: only root can run the program of -X as `{}`", out->name),
                        "leave it out, or run probevue with sudo", ExitStatus::permission);
    } else if (const std::optional<UserIds> caller = user_behind_sudo()) {
        out = look_up(nullptr, caller->user);
        // It need not be a user of this system (a container's): then it has a number, and no groups but one.
        const bool known = out.has_value();
        if (!known) out = ChildUser{std::to_string(caller->user), "/", caller->user, caller->group, {caller->group}};
        out->group = caller->group;
        if (!known) return out;
    } else {
        return out;
    }
    add_groups(*out);
    return out;
}

// The rights of a user for good: groups while we may still set them, the user last.
bool take_rights(const ChildUser& user) {
    return setgroups(user.groups.size(), user.groups.data()) == 0 && setgid(user.group) == 0 && setuid(user.user) == 0;
}

[[noreturn]] void end_with(std::string_view message) {
    static_cast<void>(!write(STDERR_FILENO, message.data(), message.size()));
    _exit(127);
}

// Runs in the new process: waits for the gate, then becomes the program. Only async-signal-safe calls from here on.
[[noreturn]] void become(int gate, const char* path, char* const* argv, const ChildUser* user) {
    // Before the gate: nothing that is traced is done by root.
    if (user != nullptr && !take_rights(*user)) end_with("probevue: the program of -X cannot be run as its user\n");
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
    end_with("probevue: the program of -X cannot be run\n");
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

Result<Child> Child::start(const Options& options) {
    const std::string& program = options.child;
    if (!runnable(program))
        return fail(fmt::format("the program `{}` of -X cannot be found or run", program),
                    "-X runs a program: give its path; hexdump() prints bytes of packets", ExitStatus::usage);
    const Result<std::optional<ChildUser>> user = child_user(options.child_user);
    if (!user) return user.error();
    std::vector<std::string> words = split_words(options.child_arguments);
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
        if (!options.child_library_path.empty()) setenv("LD_LIBRARY_PATH", options.child_library_path.c_str(), 1);
        const ChildUser* const other = *user ? &**user : nullptr;
        if (other != nullptr) {
            setenv("HOME", other->home.c_str(), 1);
            setenv("USER", other->name.c_str(), 1);
            setenv("LOGNAME", other->name.c_str(), 1);
        }
        become(gate[0], program.c_str(), argv.data(), other);
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
