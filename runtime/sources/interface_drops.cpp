#include "runtime/sources/interface_drops.h"

#include <fmt/format.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <utility>

namespace probevue {
namespace {

Error not_told(int error) {
    return fail(fmt::format("the kernel does not tell what interfaces drop: {}", std::strerror(error)));
}

struct Request {
    nlmsghdr header{};
    if_stats_msg what{};
};
static_assert(sizeof(Request) == NLMSG_LENGTH(sizeof(if_stats_msg)));

template <typename T>
T copied(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

// What a message that begins at `from` says of one interface; `size` is its whole length.
struct Told {
    uint32_t interface = 0;
    uint64_t drops = 0;
};
std::optional<Told> told_by(const std::byte* from, size_t size) {
    constexpr size_t begin = NLMSG_LENGTH(sizeof(if_stats_msg));
    if (size < begin) return std::nullopt;
    const auto of = copied<if_stats_msg>(from + NLMSG_HDRLEN);
    for (size_t at = begin; at + sizeof(rtattr) <= size;) {
        const auto attribute = copied<rtattr>(from + at);
        if (attribute.rta_len < sizeof attribute || at + attribute.rta_len > size) return std::nullopt;
        // Kernels differ in what stands behind the two.
        constexpr size_t needed = offsetof(rtnl_link_stats64, rx_missed_errors) + sizeof(uint64_t);
        if (attribute.rta_type == IFLA_STATS_LINK_64 && attribute.rta_len >= RTA_LENGTH(needed)) {
            rtnl_link_stats64 figures{};
            std::memcpy(&figures, from + at + RTA_LENGTH(0), needed);
            return Told{of.ifindex, figures.rx_missed_errors + figures.rx_fifo_errors};
        }
        at += RTA_ALIGN(attribute.rta_len);
    }
    return std::nullopt;
}

}  // namespace

Result<InterfaceDrops> InterfaceDrops::open(uint32_t interface) {
    Handle socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!socket) return not_told(errno);
    // The kernel answers within send(): what is not there then does not come.
    const timeval within{.tv_sec = 2, .tv_usec = 0};
    if (setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &within, sizeof within) != 0) return not_told(errno);
    InterfaceDrops drops(std::move(socket), interface);
    if (Status status = drops.start(); !status) return status.error();
    return drops;
}

Status InterfaceDrops::start() {
    if (Status status = read(); !status) return status;
    for (auto& [interface, figure] : figures_) figure.at_start = figure.now;
    return {};
}

uint64_t InterfaceDrops::count() {
    static_cast<void>(read());
    uint64_t all = 0;
    // A counter that is less than at the start has begun anew.
    for (const auto& [interface, figure] : figures_) all += figure.now - std::min(figure.at_start, figure.now);
    return all;
}

Status InterfaceDrops::read() {
    Request request;
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = RTM_GETSTATS;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    // Of all interfaces: an answer for each, then NLMSG_DONE.
    if (interface_ == 0) request.header.nlmsg_flags |= NLM_F_DUMP;
    request.header.nlmsg_seq = ++sequence_;
    request.what.ifindex = interface_;
    request.what.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
    if (send(socket_.get(), &request, sizeof request, 0) < 0) return not_told(errno);
    while (true) {
        Result<bool> last = take_answer();
        if (!last) return last.error();
        if (*last) return {};
    }
}

Result<bool> InterfaceDrops::take_answer() {
    alignas(nlmsghdr) std::array<std::byte, 32'768> bytes;  // the kernel's own bound
    ssize_t got = 0;
    do {
        got = recv(socket_.get(), bytes.data(), bytes.size(), 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return not_told(errno);
    const auto size = static_cast<size_t>(got);
    for (size_t at = 0; at + sizeof(nlmsghdr) <= size;) {
        const auto header = copied<nlmsghdr>(bytes.data() + at);
        if (header.nlmsg_len < sizeof header || at + header.nlmsg_len > size) return not_told(EBADMSG);
        if (header.nlmsg_seq == sequence_) {  // others answer a question that was given up
            if (header.nlmsg_type == NLMSG_DONE) return true;
            if (header.nlmsg_type == NLMSG_ERROR) {
                const bool whole = header.nlmsg_len >= NLMSG_LENGTH(sizeof(int));
                return not_told(whole ? -copied<int>(bytes.data() + at + NLMSG_HDRLEN) : EBADMSG);
            }
            const std::optional<Told> told = told_by(bytes.data() + at, header.nlmsg_len);
            if (!told) return not_told(EBADMSG);
            figures_[told->interface].now = told->drops;
            if (interface_ != 0) return true;
        }
        at += NLMSG_ALIGN(header.nlmsg_len);
    }
    if (size < sizeof(nlmsghdr)) return not_told(EBADMSG);
    return false;
}

}  // namespace probevue
