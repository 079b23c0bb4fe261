#include "runtime/engine/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "runtime/engine/proc_file.h"

namespace probevue {

namespace {

constexpr size_t page = 4096;
constexpr size_t most_known = 64;

std::string fd_link(int64_t pid, int64_t fd) { return fmt::format("/proc/{}/fd/{}", pid, fd); }

// Fills address and port from a socket address; false when it is none of the internet's.
bool read_address(const sockaddr_storage& from, IpAddress& address, int32_t& port) {
    if (from.ss_family == AF_INET) {
        const auto& in4 = reinterpret_cast<const sockaddr_in&>(from);
        std::memcpy(address.bytes.data(), &in4.sin_addr, 4);
        port = ntohs(in4.sin_port);
        return true;
    }
    if (from.ss_family != AF_INET6) return false;
    const auto& in6 = reinterpret_cast<const sockaddr_in6&>(from);
    port = ntohs(in6.sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
        std::memcpy(address.bytes.data(), in6.sin6_addr.s6_addr + 12, 4);
    } else {
        std::memcpy(address.bytes.data(), &in6.sin6_addr, 16);
        address.family = IpAddress::v6;
    }
    return true;
}

// What mountinfo writes as \040 and the like.
std::string unescape_mount(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const auto octal = [&](size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7'; };
        if (text[i] == '\\' && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
            out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

OwnedFd::~OwnedFd() {
    if (fd_ >= 0) close(fd_);
}

OwnedFd& OwnedFd::operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

size_t ProcessReader::read_memory(int64_t pid, uint64_t address, std::byte* to, size_t size) const {
    // A page a piece: the system stops between pieces, not within one.
    size_t done = 0;
    while (done < size) {
        std::array<iovec, 64> remote;
        size_t pieces = 0;
        size_t asked = 0;
        for (; pieces < remote.size() && done + asked < size; ++pieces) {
            const uint64_t from = address + done + asked;
            const size_t length = std::min<size_t>(page - from % page, size - done - asked);
            remote[pieces] = {reinterpret_cast<void*>(from), length};
            asked += length;
        }
        const iovec local{to + done, asked};
        const ssize_t got = process_vm_readv(static_cast<pid_t>(pid), &local, 1, remote.data(), pieces, 0);
        if (got <= 0) break;
        done += static_cast<size_t>(got);
        if (static_cast<size_t>(got) < asked) break;
    }
    return done;
}

std::optional<std::string> ProcessReader::fd_target(int64_t pid, int64_t fd) const {
    return read_link(fd_link(pid, fd));
}

std::optional<struct stat> ProcessReader::fd_status(int64_t pid, int64_t fd) const {
    struct stat status {};
    if (stat(fd_link(pid, fd).c_str(), &status) != 0) return std::nullopt;
    return status;
}

std::optional<int64_t> ProcessReader::fd_file_system(int64_t pid, int64_t fd) const {
    struct statfs status {};
    if (statfs(fd_link(pid, fd).c_str(), &status) != 0) return std::nullopt;
    return static_cast<int64_t>(status.f_type);
}

std::optional<std::string> ProcessReader::fd_mount(int64_t pid, int64_t fd) const {
    const std::optional<std::string> info = read_file(fmt::format("/proc/{}/fdinfo/{}", pid, fd));
    const std::optional<std::string> mounts = read_file(fmt::format("/proc/{}/mountinfo", pid));
    if (!info || !mounts) return std::nullopt;
    const std::string_view wanted = value_after(*info, "mnt_id:");
    // "36 35 98:0 /mnt1 /mnt2 rw,noatime ...": the fifth word is where it is mounted
    for (const std::string_view line : lines_of(*mounts)) {
        const std::vector<std::string_view> words = words_of(line);
        if (words.size() > 4 && words[0] == wanted) return unescape_mount(words[4]);
    }
    return std::nullopt;
}

std::optional<std::string> ProcessReader::working_directory(int64_t pid) const {
    return read_link(fmt::format("/proc/{}/cwd", pid));
}

OwnedFd ProcessReader::duplicate(int64_t pid, int64_t fd) {
    // Numbers of processes are used again: a descriptor of one that has ended fails, and is opened anew once.
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto found =
            std::find_if(known_.begin(), known_.end(), [&](const Process& process) { return process.pid == pid; });
        if (found == known_.end()) {
            OwnedFd opened(static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)));
            if (!opened) return OwnedFd();
            known_.push_front({pid, std::move(opened)});
            if (known_.size() > most_known) known_.pop_back();
            found = known_.begin();
        } else if (found != known_.begin()) {
            known_.splice(known_.begin(), known_, found);
        }
        OwnedFd copy(static_cast<int>(syscall(SYS_pidfd_getfd, found->pidfd.get(), static_cast<int>(fd), 0)));
        if (copy || errno != ESRCH) return copy;
        known_.erase(found);
    }
    return OwnedFd();
}

std::optional<NetInfo> ProcessReader::socket(int64_t pid, int64_t fd) {
    const OwnedFd copy = duplicate(pid, fd);
    if (!copy) return std::nullopt;
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    NetInfo info;
    if (getsockname(copy.get(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) return std::nullopt;
    if (!read_address(storage, info.local_address, info.local_port)) return std::nullopt;
    storage = {};
    size = sizeof storage;
    // A socket that is not connected has no peer: its remote side stays zero.
    if (getpeername(copy.get(), reinterpret_cast<sockaddr*>(&storage), &size) == 0) {
        read_address(storage, info.remote_address, info.remote_port);
    }
    return info;
}

std::optional<uint32_t> ProcessReader::round_trip_time(int64_t pid, int64_t fd) {
    const OwnedFd copy = duplicate(pid, fd);
    if (!copy) return std::nullopt;
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(copy.get(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
    return info.tcpi_rtt;
}

namespace {

struct TreeNode {
    int64_t pid = 0;
    std::string name;
};

std::string tree_line(const TreeNode& node, int64_t parent, size_t level) {
    return fmt::format("{:{}}{} {} {}\n", "", level * 2, node.pid, parent, node.name);
}

void add_children(const TreeNode& node, size_t level, int64_t depth, std::string& out) {
    constexpr size_t deepest = 256;
    if (depth == 0 || level > deepest) return;
    const auto tasks = read_file(fmt::format("/proc/{0}/task/{0}/children", node.pid));
    if (!tasks) return;
    for (const std::string_view word : words_of(*tasks)) {
        const TreeNode child{number_of(word), process_name(number_of(word))};
        out += tree_line(child, node.pid, level);
        add_children(child, level + 1, depth - 1, out);
    }
}

}  // namespace

std::string ProcessReader::process_tree(int64_t pid, int64_t depth) const {
    std::vector<TreeNode> above;
    for (int64_t at = pid; at > 0 && above.size() < 256; at = parent_of(at)) above.push_back({at, process_name(at)});
    std::reverse(above.begin(), above.end());
    std::string out;
    int64_t parent = 0;
    for (size_t level = 0; level < above.size(); ++level) {
        out += tree_line(above[level], parent, level);
        parent = above[level].pid;
    }
    if (!above.empty()) add_children(above.back(), above.size(), depth, out);
    return out;
}

}  // namespace probevue
