#include "compiler/program/filter_names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "compiler/program/filter.h"

namespace probevue {
namespace {

struct Word {
    std::string text;
    size_t begin = 0;
};

bool is_in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.'; }

// Addresses with colons and networks with slashes fall into pieces, which is_name() knows by the characters beside
// them.
std::vector<Word> words_of(const std::string& filter) {
    std::vector<Word> words;
    for (size_t at = 0; at < filter.size(); ++at) {
        const size_t begin = at;
        while (at < filter.size() && is_in_name(filter[at])) ++at;
        if (at != begin) words.push_back({filter.substr(begin, at - begin), begin});
    }
    return words;
}

// What libpcap says of an expression that asks no name server; empty: it compiles.
std::string said_of(const std::string& expression) {
    struct Closer {
        void operator()(pcap_t* handle) const { pcap_close(handle); }
    };
    const std::unique_ptr<pcap_t, Closer> handle(pcap_open_dead(ethernet_link_type, whole_packets));
    if (handle == nullptr) return "no memory";
    bpf_program program{};
    if (pcap_compile(handle.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
        return pcap_geterr(handle.get());
    pcap_freecode(&program);
    return {};
}

template <size_t size>
bool is_one_of(const std::vector<Word>& words, size_t at, const std::array<std::string_view, size>& wanted) {
    return at < words.size() && std::find(wanted.begin(), wanted.end(), words[at].text) != wanted.end();
}

bool is_name(const std::string& filter, const std::vector<Word>& words, size_t at) {
    const Word& word = words[at];
    const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
    if (std::none_of(word.text.begin(), word.text.end(), is_letter)) return false;
    constexpr std::string_view no_neighbours = ":/\\[";
    const size_t behind = word.begin + word.text.size();
    if (word.begin > 0 && no_neighbours.find(filter[word.begin - 1]) != std::string_view::npos) return false;
    if (behind < filter.size() && no_neighbours.find(filter[behind]) != std::string_view::npos) return false;
    // Words that name something else behind these. `at - 1` of the first word is beyond all of them.
    constexpr auto of_others = std::to_array<std::string_view>({"port", "portrange", "proto", "protochain", "net",
                                                                "mask", "type", "subtype", "dir", "llc", "gateway",
                                                                "ifname", "on", "rset", "ruleset", "reason", "action"});
    constexpr auto of_links = std::to_array<std::string_view>({"ether", "link", "fddi", "tr", "wlan"});
    constexpr auto ends = std::to_array<std::string_view>({"host", "src", "dst"});
    if (is_one_of(words, at - 1, of_others)) return false;
    if (is_one_of(words, at - 1, ends) && is_one_of(words, at - 2, of_links)) return false;
    // Words of the filter language cannot stand for a protocol's name; that is looked up in a file.
    if (!said_of("ip proto " + word.text).starts_with("unknown")) return false;
    return is_one_of(words, at - 1, ends) || !said_of("port " + word.text).empty();  // `port http or https`
}

struct Addresses {
    std::vector<std::string> ipv4;
    std::vector<std::string> ipv6;
};

Addresses look_up(const std::string& name) {
    Addresses out;
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;  // each address once
    hints.ai_protocol = IPPROTO_TCP;
    addrinfo* found = nullptr;
    if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return out;
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        char text[INET6_ADDRSTRLEN] = "";
        if (one->ai_family == AF_INET) {
            const auto* address = reinterpret_cast<const sockaddr_in*>(one->ai_addr);
            if (inet_ntop(AF_INET, &address->sin_addr, text, sizeof text) != nullptr) out.ipv4.emplace_back(text);
        } else if (one->ai_family == AF_INET6) {
            const auto* address = reinterpret_cast<const sockaddr_in6*>(one->ai_addr);
            if (inet_ntop(AF_INET6, &address->sin6_addr, text, sizeof text) != nullptr) out.ipv6.emplace_back(text);
        }
    }
    freeaddrinfo(found);
    return out;
}

// Which addresses of a name an expression takes: behind `ip` or `ip6` only those of one kind.
enum class Kinds : uint8_t { both, ipv4, ipv6, last = ipv6 };

std::string written(const Addresses& addresses, Kinds kinds) {
    std::string out;
    const auto add = [&out](const std::vector<std::string>& some) {
        for (const std::string& one : some) out += (out.empty() ? "(" : " or ") + one;
    };
    if (kinds != Kinds::ipv6) add(addresses.ipv4);
    if (kinds != Kinds::ipv4) add(addresses.ipv6);
    return out.empty() ? out : out + ")";
}

struct Name {
    Word word;
    const Addresses* addresses = nullptr;
};

// Empty: there is no address of that kind.
std::string replaced(const std::string& filter, const std::vector<Name>& names, const std::vector<Kinds>& kinds) {
    std::string out = filter;
    for (size_t i = names.size(); i-- > 0;) {
        const std::string text = written(*names[i].addresses, kinds[i]);
        if (text.empty()) return {};
        out.replace(names[i].word.begin, names[i].word.text.size(), text);
    }
    return out;
}

}  // namespace

std::string with_addresses(const std::string& filter) {
    std::map<std::string, Addresses> known;
    std::vector<Name> names;
    const std::vector<Word> words = words_of(filter);
    for (size_t i = 0; i < words.size(); ++i) {
        if (!is_name(filter, words, i)) continue;
        const auto [at, added] = known.try_emplace(words[i].text);
        if (added) at->second = look_up(words[i].text);
        if (at->second.ipv4.empty() && at->second.ipv6.empty()) return filter;
        names.push_back({words[i], &at->second});
    }
    constexpr size_t most_names = 4;  // 81 ways to choose among their addresses
    if (names.empty() || names.size() > most_names) return filter;
    std::vector<Kinds> kinds(names.size(), Kinds::both);
    for (size_t last = 0; last < kinds.size();) {
        const std::string text = replaced(filter, names, kinds);
        const std::string said = said_of(text);
        if (!text.empty() && (said.empty() || said.find("rejects all packets") != std::string::npos)) return text;
        for (last = 0; last < kinds.size(); ++last) {
            if (kinds[last] != Kinds::last) {
                kinds[last] = static_cast<Kinds>(static_cast<uint8_t>(kinds[last]) + 1);
                break;
            }
            kinds[last] = Kinds::both;
        }
    }
    return filter;
}

}  // namespace probevue
