#include "builtins/probe.h"

#include <algorithm>
#include <array>

#include "builtins/packet.h"

namespace probevue {
namespace {

using Rule = TupleFieldRule;

constexpr Rule word(std::string_view text) { return {FieldRule::literal, text}; }
constexpr Rule rule(FieldRule kind) { return {kind, {}}; }

// Of probes that Linux does not have: whatever their fields are, the reason is to be told.
constexpr TupleRules anything(rule(FieldRule::any), rule(FieldRule::any), rule(FieldRule::any), rule(FieldRule::any));

constexpr std::string_view no_io =
    "probes of the AIX I/O stack do not exist on Linux; @@systrace:*:<tracepoint> has block events";
constexpr std::string_view no_java = "the Java virtual machine is not probed; its native functions are, with @@uft";
constexpr std::string_view no_cxx = "use @@uft, which knows C++ names, in quotes: \"Foo::bar\" or \"Foo::bar(int)\"";

// The tuple of an event is its name.
constexpr size_t first_colon(std::string_view name) { return name.find(':'); }

constexpr auto rows = std::to_array<ProbePointRow>({
    {"BEGIN", {}, ProbeKind::begin, "@@BEGIN", "once, before any probe is enabled"},
    {"END", {}, ProbeKind::end, "@@END", "once, after tracing has stopped"},
    {"net", TupleRules(word("bpf"), rule(FieldRule::interfaces), rule(FieldRule::protocol), rule(FieldRule::filter)),
     ProbeKind::bpf, "@@net:bpf:<interface>[|<interface>...]:<protocol|*>:\"<filter>\"",
     "each packet at the interfaces that matches the tcpdump filter and carries the protocol"},
#define KIND(id, name)
#define EVENT(id, name, doc)                              \
    {std::string_view(name).substr(0, first_colon(name)), \
     TupleRules(std::string_view(name).substr(first_colon(name) + 1)), ProbeKind::id, "@@" name, doc},
#include "builtins/events.def"
#undef EVENT
#undef KIND
    {"interval", TupleRules(word("*"), word("clock"), rule(FieldRule::clock_ms)), ProbeKind::interval,
     "@@interval:*:clock:<milliseconds>", "every so many milliseconds, a multiple of 100"},
    {"interval", TupleRules(word("*"), word("clock"), rule(FieldRule::clock_ms), rule(FieldRule::cpus)),
     ProbeKind::interval_cpu, "@@interval:*:clock:<milliseconds>:<*|cpu|first-last>[|...]",
     "every so many milliseconds on each of the processors (profiling)"},
    {"interval", TupleRules(rule(FieldRule::pid), word("clock"), rule(FieldRule::clock_ms)), ProbeKind::interval_pid,
     "@@interval:<pid>:clock:<milliseconds>", "every so many milliseconds that the process runs (profiling)"},
    {"syscall", TupleRules(rule(FieldRule::pid), rule(FieldRule::syscall), word("entry")), ProbeKind::syscall_entry,
     "@@syscall:<pid|*>:<name>:entry", "a system call begins"},
    {"syscall", TupleRules(rule(FieldRule::pid), rule(FieldRule::syscall), word("exit")), ProbeKind::syscall_exit,
     "@@syscall:<pid|*>:<name>:exit", "a system call returns"},
    {"syscallx", TupleRules(rule(FieldRule::pid), rule(FieldRule::syscall_any), word("entry")),
     ProbeKind::syscall_entry, "@@syscallx:<pid|*>:<name|*>:entry", "a system call begins; `*` is all of them"},
    {"syscallx", TupleRules(rule(FieldRule::pid), rule(FieldRule::syscall_any), word("exit")), ProbeKind::syscall_exit,
     "@@syscallx:<pid|*>:<name|*>:exit", "a system call returns; `*` is all of them"},
    {"uft", TupleRules(rule(FieldRule::pid_or_path), rule(FieldRule::module), rule(FieldRule::function), word("entry")),
     ProbeKind::function_entry, "@@uft:<pid|program>:<module|*>:<function|/ERE/>:entry",
     "a function of a program is entered"},
    {"uft", TupleRules(rule(FieldRule::pid_or_path), rule(FieldRule::module), rule(FieldRule::function), word("exit")),
     ProbeKind::function_exit, "@@uft:<pid|program>:<module|*>:<function|/ERE/>:exit",
     "a function of a program returns"},
    {"kft", TupleRules(rule(FieldRule::kernel_function), word("entry")), ProbeKind::kernel_entry,
     "@@kft:<function|pattern>:entry", "a function of the kernel is entered"},
    {"kft", TupleRules(rule(FieldRule::kernel_function), word("exit")), ProbeKind::kernel_exit,
     "@@kft:<function|pattern>:exit", "a function of the kernel returns"},
    {"systrace", TupleRules(rule(FieldRule::pid), rule(FieldRule::tracepoint)), ProbeKind::systrace,
     "@@systrace:<pid|*>:<tracepoint>", "a tracepoint of the kernel is passed"},
// The name, then a process, a thread or `*`.
#define SYSPROC_EVENT(event, form, doc, reason) \
    {"sysproc", TupleRules(word(#event), rule(FieldRule::pid)), ProbeKind::sysproc, form, doc, reason},
#include "builtins/sysproc_events.def"
#undef SYSPROC_EVENT
    {"io", anything, ProbeKind::systrace, "@@io:<layer>:<event>:<operation|*>:<filter|*>", "requests of the I/O stack",
     no_io},
    {"uftjava", anything, ProbeKind::function_entry, "@@uftjava:<pid>:*:<package.class.method>:entry",
     "a Java method is entered", no_java},
    {"uftxlc++", anything, ProbeKind::function_entry, "@@uftxlc++:<pid>:*:\"<signature>\":<entry|exit>",
     "a C++ function is entered or returns", no_cxx},
});

constexpr std::array kinds{
#define EVENT(id, name, doc) ProbeKindRow{ProbeKind::id, name, doc},
#define KIND(id, name) ProbeKindRow{ProbeKind::id, name, {}},
#include "builtins/events.def"
#undef EVENT
#undef KIND
};

}  // namespace

std::span<const ProbePointRow> probe_points() { return rows; }

std::span<const ProbeKindRow> probe_kinds() { return kinds; }

std::string_view recorded_name(ProbeKind kind) { return kinds[static_cast<size_t>(kind)].name; }

const ProbeKindRow* find_recorded_kind(std::string_view name) {
    const auto at = std::find_if(kinds.begin(), kinds.end(),
                                 [name](const ProbeKindRow& row) { return !name.empty() && row.name == name; });
    return at == kinds.end() ? nullptr : &*at;
}

std::string tapset_name(ProbeKind kind) {
    std::string_view words = recorded_name(kind);
    if (words.starts_with("net:")) words.remove_prefix(4);
    for (const std::string_view end : {":entry", ":exit"}) {
        if (words.ends_with(end)) words.remove_suffix(end.size());
    }
    std::string out(words);
    std::replace(out.begin(), out.end(), ':', '.');
    return out;
}

bool stands_for(std::string_view form, std::string_view field) {
    if (field == form) return true;
    if (form == "<protocol|*>") return field == "*" || find_protocol(field) != nullptr;
    if (form.find('<') == form.npos || field.empty()) return false;
    if (field == "*") return form.find('*') != form.npos;
    // No pattern, as -l takes them; filters and regular expressions have stars of their own.
    return field.find('*') == field.npos || field.front() == '/' || field.front() == '"';
}

bool is_interface_name(std::string_view name) {
    constexpr size_t longest = 15;  // IFNAMSIZ without its zero
    if (name.empty() || name.size() > longest || name == "." || name == "..") return false;
    return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c != '/' && c != ':' && c != 0x7f; });
}

bool is_probe_manager(std::string_view name) {
    return std::any_of(rows.begin(), rows.end(), [name](const ProbePointRow& row) { return row.manager == name; });
}

}  // namespace probevue
