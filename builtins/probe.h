// Probe managers and probe points: what may stand in a probe tuple, and what the kinds of probe are.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace probevue {

// Kinds of probe, as far as built-ins, functions and placement differ between them. Values are bits: a ProbeSet is a
// mask.
enum class ProbeKind : uint32_t {
    begin = 1u << 0,
    end = 1u << 1,
    interval = 1u << 2,
    interval_pid = 1u << 3,  // interval bound to a process (profiling)
    bpf = 1u << 4,
    tcp_state = 1u << 5,
    tcp_send_full = 1u << 6,
    tcp_recv_full = 1u << 7,
    tcp_retransmit = 1u << 8,
    tcp_listen_full = 1u << 9,
    udp_overflow = 1u << 10,
    syscall_entry = 1u << 11,
    syscall_exit = 1u << 12,
    function_entry = 1u << 13,  // uft
    function_exit = 1u << 14,
    sysproc = 1u << 15,
    systrace = 1u << 16,
    interval_cpu = 1u << 17,  // interval bound to processors
};
using ProbeSet = uint32_t;

constexpr ProbeSet operator|(ProbeKind a, ProbeKind b) { return static_cast<ProbeSet>(a) | static_cast<ProbeSet>(b); }
constexpr ProbeSet operator|(ProbeSet a, ProbeKind b) { return a | static_cast<ProbeSet>(b); }
constexpr bool contains(ProbeSet set, ProbeKind kind) { return (set & static_cast<ProbeSet>(kind)) != 0; }

// How recordings call the kinds of events: never rename one that has been released.
struct ProbeKindRow {
    ProbeKind kind;
    std::string_view name;
};
std::span<const ProbeKindRow> recorded_kinds();
// Empty for a kind that is not recorded.
std::string_view recorded_name(ProbeKind kind);
const ProbeKindRow* find_recorded_kind(std::string_view name);

inline constexpr ProbeSet all_probes = ~0u;
inline constexpr ProbeSet tcp_probes = ProbeKind::tcp_state | ProbeKind::tcp_send_full | ProbeKind::tcp_recv_full |
                                       ProbeKind::tcp_retransmit | ProbeKind::tcp_listen_full;
inline constexpr ProbeSet net_event_probes = tcp_probes | ProbeKind::udp_overflow;
inline constexpr ProbeSet syscall_probes = ProbeKind::syscall_entry | ProbeKind::syscall_exit;
inline constexpr ProbeSet function_probes = ProbeKind::function_entry | ProbeKind::function_exit;
// Probes that run in the context of the process that caused them.
inline constexpr ProbeSet process_probes =
    syscall_probes | function_probes | ProbeKind::interval_pid | ProbeKind::sysproc;

// What a field of a tuple may hold; the checker (compiler/sema/probe) applies the rule.
enum class FieldRule : uint8_t {
    literal,      // exactly `text`
    interfaces,   // `eth0|eth1`; no `*`
    protocol,     // a row of protocols(), or `*`
    filter,       // tcpdump filter expression
    pid,          // a process id or `*`
    pid_or_path,  // uft: a process id or a program's path
    module,       // `*` or a module name
    function,     // a function's name or /ERE/
    syscall,      // a system call's name
    syscall_any,  // a system call's name or `*`
    clock_ms,     // digits: milliseconds
    cpus,         // `*` or `1|4-7`
    tracepoint,   // a tracepoint's name
    any,
};

struct TupleFieldRule {
    FieldRule rule = FieldRule::any;
    std::string_view text = {};  // for `literal`
};

// One probe point, or a family of them. Rows of a manager are tried in order; the first whose fields all fit is taken.
struct ProbePointRow {
    std::string_view manager;                // first field: "net", "BEGIN"
    std::span<const TupleFieldRule> fields;  // the fields behind the first
    ProbeKind kind;
    std::string_view form;  // as shown by `-l`: "@@net:bpf:<interface>[|<interface>]:<protocol|*>:\"<filter>\""
    std::string_view doc;
    std::string_view unavailable = {};  // why it can never be had on Linux; parsed and refused
};

std::span<const ProbePointRow> probe_points();

// Does any row have this manager?
bool is_probe_manager(std::string_view name);

}  // namespace probevue
