#include "runtime/kernel/network.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <sstream>

namespace probevue {
namespace {

constexpr const char* own_network = "/proc/thread-self/ns/net";

std::optional<uint32_t> number_of(const char* path) {
    struct stat status {};
    if (stat(path, &status) != 0) return std::nullopt;
    return static_cast<uint32_t>(status.st_ino);
}

// The kernel's own threads are in the first namespace for ever; the second process of the system is one. In a container
// with process numbers of its own it is somebody else.
std::optional<uint32_t> first_network() {
    std::ifstream file("/proc/2/stat");
    std::string text;
    std::getline(file, text);
    const size_t behind_name = text.rfind(')');
    if (behind_name == std::string::npos) return std::nullopt;
    std::istringstream words(text.substr(behind_name + 1));
    std::string word;
    uint64_t flags = 0;
    constexpr int words_before = 6;  // proc(5): the flags are the ninth, and two have been passed with the name
    for (int i = 0; i < words_before; ++i) words >> word;
    constexpr uint64_t kernel_thread = 0x00200000;  // PF_KTHREAD
    if (!(words >> flags) || (flags & kernel_thread) == 0) return std::nullopt;
    return number_of("/proc/2/ns/net");
}

Result<Handle> open_network(std::string_view choice, const std::string& path) {
    Handle fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
        const bool refused = errno == EACCES || errno == EPERM;
        return fail(
            fmt::format("the network namespace `{}` cannot be opened: {}: {}", choice, path, std::strerror(errno)),
            refused ? "" : "`ip netns list` shows those with a name; a path has a slash, such as /proc/1/ns/net",
            refused ? ExitStatus::permission : ExitStatus::usage);
    }
    struct statfs where {};
    if (fstatfs(fd.get(), &where) != 0 || where.f_type != NSFS_MAGIC || ioctl(fd.get(), NS_GET_NSTYPE) != CLONE_NEWNET)
        return fail(fmt::format("`{}` is no network namespace", path), {}, ExitStatus::usage);
    return fd;
}

}  // namespace

Result<NetworkChoice> choose_network(std::string_view choice) {
    NetworkChoice out;
    const std::optional<uint32_t> own = number_of(own_network);
    if (choice.empty() && own && first_network() == own) choice = "all";
    if (choice == "all" || (choice.empty() && !own)) return out;
    if (choice.empty() || choice == "own") {
        if (!own) return fail(fmt::format("{}: {}", own_network, std::strerror(errno)), {}, ExitStatus::permission);
        out.events = own;
        out.events_text = out.packets_text;
        return out;
    }
    const bool is_path = choice.find('/') != std::string_view::npos;
    Result<Handle> opened = open_network(choice, is_path ? std::string(choice) : fmt::format("/run/netns/{}", choice));
    if (!opened) return opened.error();
    struct stat status {};
    fstat(opened->get(), &status);
    out.events = static_cast<uint32_t>(status.st_ino);
    out.packets = std::move(*opened);
    out.events_text = out.packets_text = fmt::format("network namespace `{}`", choice);
    return out;
}

uint32_t current_network() { return number_of(own_network).value_or(0); }

InNetwork::InNetwork(int network) {
    if (network < 0) return;
    back_ = Handle(open(own_network, O_RDONLY | O_CLOEXEC));
    if (back_ && setns(network, CLONE_NEWNET) == 0) return;
    const int error = errno;
    back_ = Handle();
    status_ =
        fail(fmt::format("the network namespace cannot be entered: {}", std::strerror(error)),
             error == EPERM ? "it needs the CAP_SYS_ADMIN capability: run it with sudo" : "", ExitStatus::permission);
}

// There is no going on in the wrong namespace: every number would be of somebody else's.
InNetwork::~InNetwork() {
    if (back_ && setns(back_.get(), CLONE_NEWNET) != 0) std::terminate();
}

}  // namespace probevue
