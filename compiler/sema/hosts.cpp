// Asks the resolver of the system, each name once, however often the script is walked.
#include "compiler/sema/hosts.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "builtins/base/name_service.h"

namespace probevue::sema {

namespace {

// Text that can only be meant as a number: asking a resolver for "10.0.0.300" would find nothing, late.
bool looks_numeric(const std::string& text) {
    const bool dotted = text.find_first_not_of("0123456789./") == std::string::npos;
    const bool colons = text.find(':') != std::string::npos;
    return dotted || colons;
}

IpAddress address_of(const addrinfo& info) {
    IpAddress address;
    if (info.ai_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(info.ai_addr);
        std::memcpy(address.bytes.data(), &v4->sin_addr, sizeof v4->sin_addr);
    } else {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(info.ai_addr);
        std::memcpy(address.bytes.data(), &v6->sin6_addr, sizeof v6->sin6_addr);
        address.family = IpAddress::v6;
    }
    return address;
}

Result<std::vector<IpAddress>> resolve(const std::string& text) {
    if (const std::optional<IpAddress> numeric = parse_ip(text)) return std::vector<IpAddress>{*numeric};
    if (text.empty() || looks_numeric(text)) return fail("\"" + text + "\" is no IP address");
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;  // one entry an address, not one a socket type
    addrinfo* list = nullptr;
    const int status = getaddrinfo(text.c_str(), nullptr, &hints, &list);
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, freeaddrinfo);
    if (status != 0) {
        std::string reason = gai_strerror(status);
        if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z')
            reason[0] = static_cast<char>(reason[0] - 'A' + 'a');
        return fail("\"" + text + "\" is no IP address, and no host name that can be resolved (" + reason + ")" +
                    of_unasked_services("hosts"));
    }
    std::vector<IpAddress> addresses;
    for (const addrinfo* info = list; info != nullptr; info = info->ai_next) {
        if (info->ai_family == AF_INET || info->ai_family == AF_INET6) addresses.push_back(address_of(*info));
    }
    std::sort(addresses.begin(), addresses.end(),
              [](const IpAddress& a, const IpAddress& b) { return compare(a, b) < 0; });
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    if (addresses.empty()) return fail("host \"" + text + "\" has no IP address");
    return addresses;
}

}  // namespace

const Result<std::vector<IpAddress>>& Hosts::addresses(const std::string& text) {
    const auto found = known_.find(text);
    if (found != known_.end()) return found->second;
    return known_.emplace(text, resolve(text)).first->second;
}

std::string address_hint(std::string_view text) {
    // The text before the slash alone is an address: a network is meant.
    if (parse_ip(text.substr(0, text.find('/'))))
        return "ip_in(address, \"" + std::string(text) + "\") tests whether an address lies in a network";
    return "write an address, such as \"10.10.10.1\" or \"fe80::1\"";
}

}  // namespace probevue::sema
