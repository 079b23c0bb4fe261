// Calls on sockets that a test makes, and what their entries and exits should be told as.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "tests/live/shortage.h"
#include "tests/live/traced_script.h"

namespace probevue::live {

struct Connection {
    Socket client;
    Socket served;
};

inline Connection connection_on(const std::string& address, uint16_t at) {
    const Socket listener = listen_on(Address(address, at), 4);
    Socket client = connect_to(Address(address, at));
    return {std::move(client), accept_from(listener)};
}

// What a call should be told as: size and flags at the entry, these and the result at the exit.
class Expected {
public:
    void add(size_t size, int flags, long result) {
        ++entries[fmt::format("entry {} {:x}", size, flags)];
        ++exits[fmt::format("exit {} {:x} {}", size, flags, result)];
        ++count;
    }
    // As the C library has it.
    void add_call(size_t size, int flags, long result) { add(size, flags, result < 0 ? -errno : result); }

    std::map<std::string, int> entries;
    std::map<std::string, int> exits;
    int count = 0;
};

// Prints what the entry and the exit of calls of this process are told as; `call` is "tcp:sendmsg".
inline std::string script_for(const std::string& call) {
    std::string text = R"(
        @@net:CALL:entry when (__netns == NETNS && __pid == PID)
        { printf("entry %llu %x\n", __sockcall->size, __sockcall->flags); }
        @@net:CALL:exit when (__netns == NETNS && __pid == PID)
        { printf("exit %llu %x %lld\n", __sockcall->size, __sockcall->flags, __sockcall->ret); })";
    replace_all(text, "CALL", call);
    return text;
}

// Of the lines, those that begin so.
inline std::map<std::string, int> beginning_with(const TracedRun& run, const std::string& word) {
    std::map<std::string, int> out;
    for (const auto& [line, count] : run.lines) {
        if (line.starts_with(word)) out[line] = count;
    }
    return out;
}

// For messages.
inline std::string text_of(const std::map<std::string, int>& counts) {
    std::string out;
    for (const auto& [line, count] : counts) out += fmt::format("{}: {}\n", line, count);
    return out;
}

inline void check(const TracedRun& run, const Expected& expected) {
    CAPTURE(text_of(beginning_with(run, "entry ")));
    CAPTURE(text_of(beginning_with(run, "exit ")));
    Shortage shortage(run);
    shortage.check_counts(beginning_with(run, "entry "), expected.entries);
    shortage.check_counts(beginning_with(run, "exit "), expected.exits);
}

}  // namespace probevue::live
