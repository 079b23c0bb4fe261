#include "runtime/kernel/cgroup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "runtime/kernel/load.h"

namespace probevue {
namespace {

// Blanks and the like stand as \040 in a table of mounts (proc_pid_mountinfo(5)).
std::string unescaped(const std::string& text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '\\' && i + 3 < text.size();
        out += escape ? static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8)) : text[i];
        if (escape) i += 3;
    }
    return out;
}

struct Mount {
    std::string directory;
    bool whole = false;  // the hierarchy's root itself is what is mounted
};

// The best mount of the hierarchy in a table; none: there is none.
std::optional<Mount> find_mount(const char* table) {
    std::ifstream mounts(table);
    std::optional<Mount> found;
    for (std::string line; std::getline(mounts, line);) {
        const size_t separator = line.find(" - ");
        if (separator == std::string::npos || !line.substr(separator + 3).starts_with("cgroup2 ")) continue;
        std::istringstream fields(line);
        std::string ignored;
        std::string root;
        std::string directory;
        fields >> ignored >> ignored >> ignored >> root >> directory;
        if (!found || (!found->whole && root == "/")) found = Mount{unescaped(directory), root == "/"};
    }
    return found;
}

Handle open_directory(int at, const std::string& path) {
    return Handle(openat(at, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// A mount that stands at no place; gone with its descriptor.
Handle mount_own() {
    const Handle context(static_cast<int>(syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC)));
    if (!context || syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
        return Handle();
    const Handle mount(static_cast<int>(syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY)));
    return mount ? open_directory(mount.get(), ".") : Handle();
}

}  // namespace

Result<Handle> open_cgroup_root() {
    const std::optional<Mount> here = find_mount("/proc/self/mountinfo");
    if (here && here->whole) {
        if (Handle directory = open_directory(AT_FDCWD, here->directory)) return directory;
        return cannot_attach(fmt::format("the cgroup `{}`", here->directory));
    }
    if (Handle directory = mount_own()) return directory;
    const int refused = errno;
    const std::optional<Mount> of_first = find_mount("/proc/1/mountinfo");
    if (of_first && of_first->whole) {
        if (Handle directory = open_directory(AT_FDCWD, "/proc/1/root" + of_first->directory)) return directory;
    }
    return fail(
        fmt::format("{} of the unified cgroup hierarchy is mounted here (`ip netns exec` hides it), and to mount it "
                    "was refused: {}",
                    here ? "only a part" : "nothing", error_text(refused)),
        "run it as root, or `mount -t cgroup2 none /sys/fs/cgroup` first", ExitStatus::permission);
}

}  // namespace probevue
