#include "runtime/cli/meant.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/list/library.h"
#include "runtime/sources/capture.h"
#include "runtime/sources/live.h"

namespace probevue {
namespace {

// Words that begin a tcpdump filter; names of hosts and numbers would too, and could be anything.
constexpr auto filter_words = std::to_array<std::string_view>(
    {"arp",       "broadcast", "dst", "ether", "gateway",   "greater", "host", "icmp", "icmp6", "ip",  "ip6", "less",
     "multicast", "net",       "not", "port",  "portrange", "proto",   "rarp", "sctp", "src",   "tcp", "udp", "vlan"});

bool begins_filter(std::string_view text) {
    const std::string_view word = text.substr(0, text.find_first_of(" [("));
    return std::find(filter_words.begin(), filter_words.end(), word) != filter_words.end();
}

// A script that prints a line for each packet, as an argument of the shell.
std::string script_for(std::string_view interface, std::string_view filter) {
    return fmt::format(
        "-e '@@net:bpf:{}:*:\"{}\" {{ printf(\"%I:%d > %I:%d %d bytes\\n\", __pkt->src_addr, __pkt->src_port, "
        "__pkt->dst_addr, __pkt->dst_port, __pkt->len); }}'",
        interface, filter);
}

std::string files_of(const Options& options) {
    std::string out;
    for (const std::string& path : options.replay) out += fmt::format("-r {} ", path);
    return out;
}

}  // namespace

std::optional<Error> other_than_script(const Options& options) {
    const std::string& word = options.script;
    if (word.empty() || word == "-") return std::nullopt;
    if (find_script(word)) {
        if (!is_capture_file(word)) return std::nullopt;
        return fail(
            fmt::format("`{}` is a capture, not a script", word),
            fmt::format("`probevue -r {0} SCRIPT` runs a script on it, `probevue -r {0}` opens a session", word),
            ExitStatus::usage);
    }
    const std::string rest = fmt::format("{}", fmt::join(options.script_arguments, " "));
    if (interface_exists(word) || (options.interactive && begins_filter(rest))) {
        return fail(fmt::format("`{}` is an interface, not a script: probes name interfaces and filters", word),
                    fmt::format("probevue {}", script_for(word, rest)), ExitStatus::usage);
    }
    if (!begins_filter(word)) return std::nullopt;
    const std::string interface =
        options.interfaces.empty() ? "any" : fmt::format("{}", fmt::join(options.interfaces, "|"));
    const std::string filter = rest.empty() ? word : fmt::format("{} {}", word, rest);
    return fail(fmt::format("`{}` is a filter, not a script: it stands in a probe", filter),
                fmt::format("probevue {}{}", files_of(options), script_for(interface, filter)), ExitStatus::usage);
}

Error capture_for_script() {
    return fail("standard input is a capture, not a script",
                "`probevue -r - SCRIPT` runs a script on it, `probevue -r FILE` opens a session on a capture",
                ExitStatus::usage);
}

void note_unused_flag(Options& options, std::string_view text) {
    for (size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
        if (at + 1 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '9') return;
    }
    for (const std::string& argument : options.script_arguments) {
        if (argument.size() < 2 || argument.front() != '-') continue;
        options.notes.push_back(fmt::format(
            "`{}` stands behind the script, which takes no arguments: flags of probevue stand before it", argument));
        return;
    }
}

}  // namespace probevue
