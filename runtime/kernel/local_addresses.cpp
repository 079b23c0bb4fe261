#include "runtime/kernel/local_addresses.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <optional>
#include <system_error>
#include <utility>

#include "runtime/kernel/network.h"

namespace probevue {
namespace {

bool is_loopback(const MappedAddress& address) {
    constexpr uint8_t network = 127;
    return address[in_mapped] == network && mapped_address(&address[in_mapped]) == address;
}

class RunningAddresses final : public HostAddresses {
public:
    explicit RunningAddresses(int network)
        : network_(network < 0 ? -1 : fcntl(network, F_DUPFD_CLOEXEC, 0)), all_(network_ ? network_.get() : -1) {}

    bool known() override {
        if (!opened_) opened_ = static_cast<bool>(all_.open());
        return *opened_;
    }
    bool contains(const IpAddress& address) override {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC_COARSE, &now);  // its ticks are some milliseconds
        if (now.tv_sec != looked_.tv_sec || now.tv_nsec != looked_.tv_nsec) all_.listen();
        looked_ = now;
        return all_.contains(address.version() == IpAddress::v6 ? address.bytes : mapped_address(address.bytes.data()));
    }

private:
    Handle network_;
    LocalAddresses all_;
    std::optional<bool> opened_;
    timespec looked_{};
};

}  // namespace

MappedAddress mapped_address(const uint8_t* four) {
    MappedAddress out{};
    out[in_mapped - 2] = out[in_mapped - 1] = 0xff;
    std::copy_n(four, sizeof(in_addr), out.begin() + in_mapped);
    return out;
}

bool LocalAddresses::contains(const MappedAddress& address) const {
    return is_loopback(address) || all_.contains(address);
}

Status LocalAddresses::open() {
    const InNetwork in(network_);
    if (!in.status()) return in.status();
    changes_ = Handle(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    if (!changes_ || bind(changes_.get(), reinterpret_cast<sockaddr*>(&groups), sizeof groups) != 0) {
        return fail(
            fmt::format("changes of addresses cannot be listened to: {}", std::generic_category().message(errno)));
    }
    add_all();
    return {};
}

void LocalAddresses::listen() {
    std::array<char, 8192> messages{};
    for (;;) {
        const ssize_t got = recv(changes_.get(), messages.data(), messages.size(), 0);
        if (got >= 0) {
            take(messages.data(), static_cast<unsigned>(got));
        } else if (errno == ENOBUFS) {
            ask_for_all();
        } else if (errno != EINTR) {
            return;
        }
    }
}

// By the socket, which is in that network, as we may not be able to be. The answers come among the changes.
void LocalAddresses::ask_for_all() {
    struct {
        nlmsghdr head;
        ifaddrmsg body;
    } request{};
    request.head.nlmsg_len = sizeof request;
    request.head.nlmsg_type = RTM_GETADDR;
    request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.body.ifa_family = AF_UNSPEC;
    static_cast<void>(!send(changes_.get(), &request, sizeof request, 0));
}

void LocalAddresses::take(const char* messages, unsigned size) {
    for (const auto* head = reinterpret_cast<const nlmsghdr*>(messages); NLMSG_OK(head, size);
         head = NLMSG_NEXT(head, size)) {
        if (head->nlmsg_type != RTM_NEWADDR) continue;
        const auto* const of = static_cast<const ifaddrmsg*>(NLMSG_DATA(head));
        auto left = static_cast<unsigned>(IFA_PAYLOAD(head));
        for (const rtattr* one = IFA_RTA(of); RTA_OK(one, left); one = RTA_NEXT(one, left)) {
            // Of IPv4 the second is the other end of a link between two.
            const bool own = one->rta_type == IFA_LOCAL || (one->rta_type == IFA_ADDRESS && of->ifa_family == AF_INET6);
            if (own) add(of->ifa_family, static_cast<const uint8_t*>(RTA_DATA(one)), RTA_PAYLOAD(one));
        }
    }
}

void LocalAddresses::add(int family, const uint8_t* bytes, size_t size) {
    MappedAddress address{};
    if (family == AF_INET && size == sizeof(in_addr)) {
        address = mapped_address(bytes);
    } else if (family == AF_INET6 && size == address.size()) {
        std::copy_n(bytes, size, address.begin());
    } else {
        return;
    }
    all_.insert(address);
}

void LocalAddresses::add_all() {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return;
    for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr) continue;
        if (one->ifa_addr->sa_family == AF_INET) {
            const auto* ip = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
            add(AF_INET, reinterpret_cast<const uint8_t*>(&ip->sin_addr), sizeof ip->sin_addr);
        } else if (one->ifa_addr->sa_family == AF_INET6) {
            const auto* ip = reinterpret_cast<const sockaddr_in6*>(one->ifa_addr);
            add(AF_INET6, ip->sin6_addr.s6_addr, sizeof ip->sin6_addr);
        }
    }
    freeifaddrs(list);
}

std::shared_ptr<HostAddresses> running_addresses(int network) { return std::make_shared<RunningAddresses>(network); }

}  // namespace probevue
