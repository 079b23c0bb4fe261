#include "runtime/metrics/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>
#include <cstring>

namespace probevue {

Result<ListenAddress> parse_listen_address(std::string_view text) {
    const auto refuse = [&] {
        return fail(fmt::format("--metrics wants an address and a port, not `{}`", text),
                    "127.0.0.1:9465, [::1]:9465, or :9465 for this machine alone", ExitStatus::usage);
    };
    // The last one: those of an IPv6 address stand in its brackets, without which there is no telling where the port
    // is.
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return refuse();
    const std::string_view digits = text.substr(colon + 1);
    uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return refuse();
    std::string host(text.substr(0, colon));
    // No names are looked up; this one, and none at all, mean this machine alone.
    if (host.empty() || host == "localhost") host = "127.0.0.1";
    ListenAddress out;
    if (host.front() == '[' && host.back() == ']') {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        if (inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6.sin6_addr) != 1) return refuse();
        out.is_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
        out.size = sizeof v6;
        std::memcpy(&out.address, &v6, sizeof v6);
        return out;
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return refuse();
    // All of 127.0.0.0/8 is (RFC 1122, 3.2.1.3).
    out.is_loopback = ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    out.size = sizeof v4;
    std::memcpy(&out.address, &v4, sizeof v4);
    return out;
}

std::string to_text(const sockaddr_storage& address) {
    char host[INET6_ADDRSTRLEN] = {};
    if (address.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
        return fmt::format("[{}]:{}", host, ntohs(v6.sin6_port));
    }
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
    return fmt::format("{}:{}", host, ntohs(v4.sin_port));
}

}  // namespace probevue
