#include "compiler/program/filter_excludes.h"

#include <pcap/dlt.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "compiler/program/filter.h"

namespace probevue {
namespace {

// The words of the expression, and its signs one by one.
std::vector<std::string> words_of(const std::string& filter) {
    std::vector<std::string> words;
    bool within = false;
    for (const char c : filter) {
        const bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (letter && within)
            words.back() += c;
        else if (std::isspace(static_cast<unsigned char>(c)) == 0)
            words.emplace_back(1, c);
        within = letter;
    }
    return words;
}

template <size_t size>
bool has_one_of(const std::vector<std::string>& words, const std::array<std::string_view, size>& wanted) {
    return std::find_first_of(words.begin(), words.end(), wanted.begin(), wanted.end()) != words.end();
}

// Does libpcap know that the expression matches nothing there? On link types where it does not compile, nothing fires
// either.
bool matches_nothing(const std::string& expression, int link_type, bool& compiles) {
    FilterTarget target;
    target.link_type = link_type;
    FilterError error;
    compiles = !compile_filter(expression, target, error).empty();
    return error.never;
}

}  // namespace

bool excludes(const std::string& filter, const ProtocolRow& protocol) {
    if (filter.empty() || protocol.others.empty()) return false;
    // Behind these words libpcap looks further on in the packet, be it in another branch of an `or`: what stands before
    // the filter looks at the outer headers always, what stands behind at the inner ones when there is no branch. Of
    // tunnels those are not the headers that a clause has.
    constexpr std::array<std::string_view, 4> inner = {"vlan", "mpls", "pppoes", "pppoed"};
    constexpr std::array<std::string_view, 2> tunnels = {"geneve", "vxlan"};
    constexpr std::array<std::string_view, 4> branches = {"or", "not", "|", "!"};
    const std::vector<std::string> words = words_of(filter);
    const std::string may_carry = "(not (" + std::string(protocol.others) + "))";
    std::vector<std::string> questions{may_carry + " and (" + filter + ")"};
    if (!has_one_of(words, tunnels) && !(has_one_of(words, inner) && has_one_of(words, branches)))
        questions.push_back("(" + filter + ") and " + may_carry);
    return std::any_of(questions.begin(), questions.end(), [](const std::string& question) {
        bool compiles = false;
        if (!matches_nothing(question, DLT_EN10MB, compiles)) return false;
        constexpr std::array others = {DLT_RAW, DLT_NULL, DLT_LINUX_SLL, DLT_LINUX_SLL2};
        return std::none_of(others.begin(), others.end(), [&](int link_type) {
            bool fires = false;
            matches_nothing(question, link_type, fires);
            return fires;
        });
    });
}

}  // namespace probevue
