// Probe managers and probe points: what may stand in a probe tuple, and what the kinds of probe are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace probevue {

// Kinds of probe, as far as built-ins, functions and placement differ between them: events of the kernel, and the
// session's own. builtins/events.def holds the rows.
enum class ProbeKind : uint16_t {
#define EVENT(id, name, doc) id,
#define KIND(id, name) id,
#include "builtins/events.def"
#undef EVENT
#undef KIND
    count
};

struct ProbeKindRow {
    ProbeKind kind;
    std::string_view name;  // in recordings; of an event also its tuple; empty: not recorded
    std::string_view doc;   // of an event whose tuple is its name; else empty
};
// In the order of ProbeKind.
std::span<const ProbeKindRow> probe_kinds();
// Empty for a kind that is not recorded.
std::string_view recorded_name(ProbeKind kind);
// Null when nothing that is recorded has the name.
const ProbeKindRow* find_recorded_kind(std::string_view name);
// What SystemTap's tapset calls an event (`name` of its probes): "tcp.sendmsg", at both ends.
std::string tapset_name(ProbeKind kind);

// A set of kinds. There may be any number of them.
class ProbeSet {
public:
    constexpr ProbeSet() = default;
    constexpr ProbeSet(ProbeKind kind) {  // NOLINT: one is a set
        const auto index = static_cast<size_t>(kind);
        words_[index / bits] |= uint64_t{1} << index % bits;
    }

    constexpr bool empty() const { return *this == ProbeSet(); }
    constexpr bool contains(ProbeSet other) const { return (*this & other) == other; }
    constexpr ProbeSet without(ProbeSet other) const {
        ProbeSet out = *this;
        for (size_t i = 0; i < words_.size(); ++i) out.words_[i] &= ~other.words_[i];
        return out;
    }
    friend constexpr ProbeSet operator|(ProbeSet a, ProbeSet b) {
        for (size_t i = 0; i < a.words_.size(); ++i) a.words_[i] |= b.words_[i];
        return a;
    }
    friend constexpr ProbeSet operator&(ProbeSet a, ProbeSet b) {
        for (size_t i = 0; i < a.words_.size(); ++i) a.words_[i] &= b.words_[i];
        return a;
    }
    constexpr bool operator==(const ProbeSet&) const = default;

private:
    static constexpr size_t bits = 64;
    std::array<uint64_t, (static_cast<size_t>(ProbeKind::count) + bits - 1) / bits> words_{};
};

constexpr ProbeSet operator|(ProbeKind a, ProbeKind b) { return ProbeSet(a) | ProbeSet(b); }
constexpr bool contains(ProbeSet set, ProbeKind kind) { return set.contains(kind); }

// The events whose names begin so: "net:tcp:".
constexpr ProbeSet events_named(std::string_view beginning) {
    ProbeSet out;
#define EVENT(id, name, doc) \
    if (std::string_view(name).starts_with(beginning)) out = out | ProbeKind::id;
#define KIND(id, name)
#include "builtins/events.def"
#undef EVENT
#undef KIND
    return out;
}

inline constexpr ProbeSet all_probes = [] {
    ProbeSet out;
    for (size_t i = 0; i < static_cast<size_t>(ProbeKind::count); ++i) out = out | static_cast<ProbeKind>(i);
    return out;
}();
inline constexpr ProbeSet net_event_probes = events_named("net:");
// Calls on sockets.
inline constexpr ProbeSet socket_call_probes =
    events_named("net:tcp:sendmsg:") | events_named("net:tcp:recvmsg:") | events_named("net:tcp:setsockopt:") |
    events_named("net:tcp:disconnect:") | events_named("net:udp:sendmsg:") | events_named("net:udp:recvmsg:") |
    events_named("net:udp:disconnect:") | ProbeKind::tcp_connect | ProbeKind::tcp_accept;
inline constexpr ProbeSet syscall_probes = ProbeKind::syscall_entry | ProbeKind::syscall_exit;
inline constexpr ProbeSet function_probes = ProbeKind::function_entry | ProbeKind::function_exit;
inline constexpr ProbeSet kernel_function_probes = ProbeKind::kernel_entry | ProbeKind::kernel_exit;
inline constexpr ProbeSet interval_probes = ProbeKind::interval | ProbeKind::interval_cpu | ProbeKind::interval_pid;
// Probes that run in the context of the process that caused them.
inline constexpr ProbeSet process_probes =
    syscall_probes | function_probes | ProbeKind::interval_pid | ProbeKind::sysproc;

// Probes that fire where code of the kernel or of a process runs, which has a stack.
inline constexpr ProbeSet stack_probes =
    process_probes | ProbeKind::systrace | ProbeKind::interval_cpu | net_event_probes | kernel_function_probes;

// What a field of a tuple may hold; the checker (compiler/sema/probe) applies the rule.
enum class FieldRule : uint8_t {
    literal,          // exactly `text`
    interfaces,       // `eth0|eth1`; no `*`
    protocol,         // a row of protocols(), or `*`
    filter,           // tcpdump filter expression
    pid,              // a process id or `*`
    pid_or_path,      // uft: a process id or a program's path
    module,           // `*` or a module name
    function,         // a function's name or /ERE/
    kernel_function,  // kft: a function's name, or a pattern of fnmatch(3)
    syscall,          // a system call's name
    syscall_any,      // a system call's name or `*`
    clock_ms,         // digits: milliseconds
    cpus,             // `*` or `1|4-7`
    tracepoint,       // a tracepoint's name
    any,
};

struct TupleFieldRule {
    FieldRule rule = FieldRule::any;
    std::string_view text = {};  // for `literal`
};

// The fields of a tuple behind the first.
class TupleRules {
public:
    constexpr TupleRules() = default;
    template <typename... Rest>
    constexpr explicit TupleRules(TupleFieldRule first, Rest... rest)
        : rules_{first, rest...}, size_(1 + sizeof...(rest)) {
        static_assert(1 + sizeof...(rest) <= most);
    }
    // The words of a name, "tcp:retransmit".
    constexpr explicit TupleRules(std::string_view words) {
        while (!words.empty()) {
            const size_t colon = words.find(':');
            rules_.at(size_++) = {FieldRule::literal, words.substr(0, colon)};
            words = colon == words.npos ? std::string_view() : words.substr(colon + 1);
        }
    }
    constexpr const TupleFieldRule* begin() const { return rules_.data(); }
    constexpr const TupleFieldRule* end() const { return rules_.data() + size_; }
    constexpr size_t size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }
    constexpr const TupleFieldRule& front() const { return rules_[0]; }
    constexpr const TupleFieldRule& operator[](size_t i) const { return rules_[i]; }

private:
    static constexpr size_t most = 5;
    std::array<TupleFieldRule, most> rules_{};
    size_t size_ = 0;
};

// One probe point, or a family of them. Rows of a manager are tried in order; the first whose fields all fit is taken.
struct ProbePointRow {
    std::string_view manager;  // first field: "net", "BEGIN"
    TupleRules fields;         // the fields behind the first
    ProbeKind kind;
    std::string_view form;  // as shown by `-l`: "@@net:bpf:<interface>[|<interface>]:<protocol|*>:\"<filter>\""
    std::string_view doc;
    std::string_view unavailable = {};  // why it can never be had on Linux; parsed and refused
};

std::span<const ProbePointRow> probe_points();

// May `field` stand in a tuple where the form of a probe point has `form`: `<protocol|*>`, `clock`? Names of programs,
// functions and interfaces are not looked up.
bool stands_for(std::string_view form, std::string_view field);

// May an interface of Linux have this name (dev_valid_name in net/core/dev.c)?
bool is_interface_name(std::string_view name);

// Does any row have this manager?
bool is_probe_manager(std::string_view name);

}  // namespace probevue
