#include "builtins/probe.h"

#include <algorithm>
#include <array>

namespace probevue {
namespace {

using Rule = TupleFieldRule;

constexpr Rule word(std::string_view text) { return {FieldRule::literal, text}; }
constexpr Rule rule(FieldRule kind) { return {kind, {}}; }

// The fields behind the first, of each form of tuple.
constexpr std::array net_bpf{word("bpf"), rule(FieldRule::interfaces), rule(FieldRule::protocol),
                             rule(FieldRule::filter)};
constexpr std::array tcp_state{word("tcp"), word("state_change")};
constexpr std::array tcp_send_full{word("tcp"), word("send_buf_full")};
constexpr std::array tcp_recv_full{word("tcp"), word("recv_buf_full")};
constexpr std::array tcp_retransmit{word("tcp"), word("retransmit")};
constexpr std::array tcp_listen_full{word("tcp"), word("listen_q_full")};
constexpr std::array udp_overflow{word("udp"), word("sock_recv_buf_overflow")};
constexpr std::array interval{word("*"), word("clock"), rule(FieldRule::clock_ms)};
constexpr std::array interval_cpu{word("*"), word("clock"), rule(FieldRule::clock_ms), rule(FieldRule::cpus)};
constexpr std::array interval_pid{rule(FieldRule::pid), word("clock"), rule(FieldRule::clock_ms)};
constexpr std::array syscall_entry{rule(FieldRule::pid), rule(FieldRule::syscall), word("entry")};
constexpr std::array syscall_exit{rule(FieldRule::pid), rule(FieldRule::syscall), word("exit")};
constexpr std::array syscallx_entry{rule(FieldRule::pid), rule(FieldRule::syscall_any), word("entry")};
constexpr std::array syscallx_exit{rule(FieldRule::pid), rule(FieldRule::syscall_any), word("exit")};
constexpr std::array function_entry{rule(FieldRule::pid_or_path), rule(FieldRule::module), rule(FieldRule::function),
                                    word("entry")};
constexpr std::array function_exit{rule(FieldRule::pid_or_path), rule(FieldRule::module), rule(FieldRule::function),
                                   word("exit")};
constexpr std::array systrace{rule(FieldRule::pid), rule(FieldRule::tracepoint)};
constexpr std::array anything{rule(FieldRule::any), rule(FieldRule::any), rule(FieldRule::any), rule(FieldRule::any)};

// Events of @@sysproc: the name, then a process, a thread or `*`.
constexpr auto sysproc(std::string_view event) { return std::array{word(event), rule(FieldRule::pid)}; }
#define SYSPROC_EVENT(event, form, doc, reason) constexpr auto sysproc_##event = sysproc(#event);
#include "builtins/sysproc_events.def"
#undef SYSPROC_EVENT

constexpr std::string_view no_io =
    "probes of the AIX I/O stack do not exist on Linux; @@systrace:*:<tracepoint> has block events";
constexpr std::string_view no_java = "the Java virtual machine is not probed; its native functions are, with @@uft";
constexpr std::string_view no_cxx = "use @@uft, which knows C++ names, in quotes: \"Foo::bar\" or \"Foo::bar(int)\"";

constexpr auto rows = std::to_array<ProbePointRow>({
    {"BEGIN", {}, ProbeKind::begin, "@@BEGIN", "once, before any probe is enabled"},
    {"END", {}, ProbeKind::end, "@@END", "once, after tracing has stopped"},
    {"net", net_bpf, ProbeKind::bpf, "@@net:bpf:<interface>[|<interface>...]:<protocol|*>:\"<filter>\"",
     "each packet at the interfaces that matches the tcpdump filter and carries the protocol"},
    {"net", tcp_state, ProbeKind::tcp_state, "@@net:tcp:state_change", "a TCP connection changes its state"},
    {"net", tcp_send_full, ProbeKind::tcp_send_full, "@@net:tcp:send_buf_full",
     "a sender finds the send buffer of a TCP connection full; once an episode"},
    {"net", tcp_recv_full, ProbeKind::tcp_recv_full, "@@net:tcp:recv_buf_full",
     "the receive window closes or data is refused for lack of buffer; once an episode"},
    {"net", tcp_retransmit, ProbeKind::tcp_retransmit, "@@net:tcp:retransmit", "a TCP segment is sent again"},
    {"net", tcp_listen_full, ProbeKind::tcp_listen_full, "@@net:tcp:listen_q_full",
     "a handshake finds a queue of the listener full"},
    {"net", udp_overflow, ProbeKind::udp_overflow, "@@net:udp:sock_recv_buf_overflow",
     "a UDP datagram is lost because the receive buffer of the socket is full"},
    {"interval", interval, ProbeKind::interval, "@@interval:*:clock:<milliseconds>",
     "every so many milliseconds, a multiple of 100"},
    {"interval", interval_cpu, ProbeKind::interval_cpu, "@@interval:*:clock:<milliseconds>:<*|cpu|first-last>[|...]",
     "every so many milliseconds, a multiple of 100, on each of the processors"},
    {"interval", interval_pid, ProbeKind::interval_pid, "@@interval:<pid>:clock:<milliseconds>",
     "every so many milliseconds that the process runs (profiling)"},
    {"syscall", syscall_entry, ProbeKind::syscall_entry, "@@syscall:<pid|*>:<name>:entry", "a system call begins"},
    {"syscall", syscall_exit, ProbeKind::syscall_exit, "@@syscall:<pid|*>:<name>:exit", "a system call returns"},
    {"syscallx", syscallx_entry, ProbeKind::syscall_entry, "@@syscallx:<pid|*>:<name|*>:entry",
     "a system call begins; `*` is all of them"},
    {"syscallx", syscallx_exit, ProbeKind::syscall_exit, "@@syscallx:<pid|*>:<name|*>:exit",
     "a system call returns; `*` is all of them"},
    {"uft", function_entry, ProbeKind::function_entry, "@@uft:<pid|program>:<module|*>:<function|/ERE/>:entry",
     "a function of a program is entered"},
    {"uft", function_exit, ProbeKind::function_exit, "@@uft:<pid|program>:<module|*>:<function|/ERE/>:exit",
     "a function of a program returns"},
    {"systrace", systrace, ProbeKind::systrace, "@@systrace:<pid|*>:<tracepoint>",
     "a tracepoint of the kernel is passed"},
#define SYSPROC_EVENT(event, form, doc, reason) {"sysproc", sysproc_##event, ProbeKind::sysproc, form, doc, reason},
#include "builtins/sysproc_events.def"
#undef SYSPROC_EVENT
    {"io", anything, ProbeKind::systrace, "@@io:<layer>:<event>:<operation|*>:<filter|*>", "requests of the I/O stack",
     no_io},
    {"uftjava", anything, ProbeKind::function_entry, "@@uftjava:<pid>:*:<package.class.method>:entry",
     "a Java method is entered", no_java},
    {"uftxlc++", anything, ProbeKind::function_entry, "@@uftxlc++:<pid>:*:\"<signature>\":<entry|exit>",
     "a C++ function is entered or returns", no_cxx},
});

constexpr auto kinds = std::to_array<ProbeKindRow>({
    {ProbeKind::tcp_state, "net:tcp:state_change"},
    {ProbeKind::tcp_send_full, "net:tcp:send_buf_full"},
    {ProbeKind::tcp_recv_full, "net:tcp:recv_buf_full"},
    {ProbeKind::tcp_retransmit, "net:tcp:retransmit"},
    {ProbeKind::tcp_listen_full, "net:tcp:listen_q_full"},
    {ProbeKind::udp_overflow, "net:udp:sock_recv_buf_overflow"},
    {ProbeKind::interval_pid, "interval:process"},
    {ProbeKind::syscall_entry, "syscall:entry"},
    {ProbeKind::syscall_exit, "syscall:exit"},
    {ProbeKind::function_entry, "uft:entry"},
    {ProbeKind::function_exit, "uft:exit"},
    {ProbeKind::sysproc, "sysproc"},
    {ProbeKind::systrace, "systrace"},
});

}  // namespace

std::span<const ProbePointRow> probe_points() { return rows; }

std::span<const ProbeKindRow> recorded_kinds() { return kinds; }

std::string_view recorded_name(ProbeKind kind) {
    const auto at =
        std::find_if(kinds.begin(), kinds.end(), [kind](const ProbeKindRow& row) { return row.kind == kind; });
    return at == kinds.end() ? std::string_view() : at->name;
}

const ProbeKindRow* find_recorded_kind(std::string_view name) {
    const auto at =
        std::find_if(kinds.begin(), kinds.end(), [name](const ProbeKindRow& row) { return row.name == name; });
    return at == kinds.end() ? nullptr : &*at;
}

bool is_probe_manager(std::string_view name) {
    return std::any_of(rows.begin(), rows.end(), [name](const ProbePointRow& row) { return row.manager == name; });
}

}  // namespace probevue
