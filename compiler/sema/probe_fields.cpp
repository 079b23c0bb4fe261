// Probe tuples: what their fields say.
#include <algorithm>
#include <charconv>
#include <vector>

#include "builtins/base/text.h"
#include "builtins/system_calls.h"
#include "compiler/program/filter.h"
#include "compiler/program/filter_excludes.h"
#include "compiler/program/filter_names.h"
#include "compiler/sema/checker.h"
#include "compiler/sema/literal.h"

namespace probevue::sema {

namespace {

constexpr uint64_t least_interval_ms = 100;  // without a process id, and multiples of it (AIX: probevue_man_interval)
constexpr uint64_t most_interval_ms = 1000ull * 60 * 60 * 24 * 365;
// The most that Linux is built for on x86-64 (CONFIG_NR_CPUS).
constexpr uint32_t most_processors = 8192;
constexpr std::string_view aix_loopback = "lo0";

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && status == std::errc{} && end == text.data() + text.size();
}

// Of which protocols the packets of an event are; empty: of any.
std::vector<Protocol> protocols_of(ProbeKind kind) {
    if (contains(events_named("net:tcp:"), kind)) return {Protocol::tcp};
    if (contains(events_named("net:udp:"), kind)) return {Protocol::udp};
    if (contains(events_named("net:ip:"), kind)) return {Protocol::ipv4, Protocol::ipv6};
    return {};
}

// The part of a field that begins `offset` bytes into its text.
Span part(const ast::TupleField& field, std::string_view of, std::string_view text) {
    const auto offset = static_cast<uint32_t>(text.data() - of.data());
    const uint32_t begin = std::min(field.span.begin + offset, field.span.end);
    return {begin, std::min(begin + static_cast<uint32_t>(std::max<size_t>(1, text.size())),
                            std::max(field.span.end, begin + 1))};
}

}  // namespace

bool Checker::apply_field(FieldRule rule, const ast::TupleField& field, ProbeRequest& request) {
    switch (rule) {
        case FieldRule::interfaces:
            return interfaces(field, request);
        case FieldRule::protocol:
            return protocol(field, request);
        case FieldRule::filter:
            return filter(field, request);
        case FieldRule::pid:
            return process(field, request);
        case FieldRule::pid_or_path:
            if (!field.quoted &&
                (field.text == "*" || (!field.text.empty() && field.text[0] >= '0' && field.text[0] <= '9')))
                return process(field, request);
            if (field.text.empty()) {
                error(field.span, "a process id or a program's path is missing");
                return false;
            }
            request.fill<UserFunctionProbe>().program = field.text;
            return true;
        case FieldRule::module:
            if (field.text != "*") request.fill<UserFunctionProbe>().module = field.text;
            return true;
        case FieldRule::function:
        case FieldRule::kernel_function:
        case FieldRule::syscall:
        case FieldRule::syscall_any:
        case FieldRule::tracepoint:
            return function_name(rule, field, request);
        case FieldRule::clock_ms:
            return interval(field, request);
        case FieldRule::cpus:
            return processors(field, request);
        case FieldRule::literal:
        case FieldRule::any:
            break;
    }
    return true;
}

bool Checker::interfaces(const ast::TupleField& field, ProbeRequest& request) {
    if (field.text == "*") {
        error(field.span, "`*` cannot stand for the interface",
              "name the interfaces (eth0|eth1), or write `any` for all");
        return false;
    }
    PacketProbe& packets = request.fill<PacketProbe>();
    std::vector<std::string>& listed = packets.interfaces;
    if (field.text.empty() && !field.quoted) {  // left out: an extension
        packets.interface_left_out = true;
        listed = options_.interfaces.empty() ? std::vector<std::string>{"any"} : options_.interfaces;
        return true;
    }
    bool right = true;
    for (std::string_view name : split(field.text, '|')) {
        name = trim(name);
        if (!is_interface_name(name)) {
            error(part(field, field.text, name),
                  name.empty() ? "the name of an interface is missing"
                               : shown(name) + " cannot be the name of an interface",
                  "name the interfaces, such as eth0|eth1");
            right = false;
            continue;
        }
        std::string known(name == aix_loopback ? "lo" : name);
        if (std::find(listed.begin(), listed.end(), known) == listed.end()) listed.push_back(std::move(known));
    }
    return right;
}

bool Checker::protocol(const ast::TupleField& field, ProbeRequest& request) {
    const bool left_out = field.text.empty() && !field.quoted;  // an extension
    if (const ProtocolRow* row = find_protocol(left_out ? "*" : field.text)) {
        request.fill<PacketProbe>().protocol = row->protocol;
        return true;
    }
    std::vector<std::string_view> names;
    std::string all;
    for (const ProtocolRow& row : protocols()) {
        names.push_back(row.name);
        all += (all.empty() ? "" : ", ") + std::string(row.name);
    }
    std::string hint = did_you_mean(field.text, names);
    if (field.text == "ip") hint = "write ipv4 or ipv6";
    if (field.text == "dns") hint = "write udp; dns_name(__pkt->payload, -1) is the name that is asked for";
    if (field.text == "http") hint = "write tcp; http_field(__pkt->payload, -1, \"Host\") is a field of HTTP";
    if (field.text == "tls" || field.text == "ssl")
        hint = "write tcp; tls_sni(__pkt->payload, -1) is the server that is asked for";
    if (field.text == "icmp") hint = "write icmp4 or icmp6";
    if (hint.empty()) hint = "protocols are " + all;
    error(field.span, field.text.empty() ? "the protocol is missing" : "there is no protocol " + shown(field.text),
          std::move(hint));
    return false;
}

bool Checker::filter(const ast::TupleField& field, ProbeRequest& request) {
    auto& packets = request.fill<PacketProbe>();
    packets.filter = field.text;
    packets.filter_position = position(field.span.begin);
    if (!field.quoted) {
        error(field.span, field.text == "*" ? "`*` cannot stand for the filter" : "the filter stands in double quotes",
              field.text == "*" ? "write a tcpdump filter in double quotes; \"\" matches every packet"
                                : "write \"" + field.text + "\"");
        return false;
    }
    // Each question to libpcap would ask the name server again. Of what is wrong, the message names the script's words.
    const std::string filter = with_addresses(field.text);
    FilterError fault;
    if (check_filter(filter, fault) || (filter != field.text && check_filter(field.text, fault))) {
        warn_of_excluded(field, filter, packets.protocol);
        return true;
    }
    return refuse_filter(field, fault);
}

bool Checker::refuse_filter(const ast::TupleField& field, const FilterError& fault) {
    Span span = field.span;
    if (fault.offset) span = span_in_literal(source_, field.span, *fault.offset, fault.at.size());
    const std::string hint = fault.hint.empty() ? "see pcap-filter(7)" : fault.hint;
    error(span, fault.never ? "the filter matches no packet" : "in the filter: " + fault.message,
          fault.never ? "its conditions exclude each other" : hint);
    return false;
}

// Of the packets of an event. It is compiled here, once: names of hosts have the addresses that they have now.
bool Checker::event_filter(const ast::TupleField& field, ProbeRequest& request) {
    if (trim(field.text).empty()) return true;  // every packet
    const std::string filter = with_addresses(field.text);
    FilterError fault;
    std::optional<EventFilter> compiled = compile_event_filter(filter, fault);
    if (!compiled) {
        if (filter != field.text) compile_event_filter(field.text, fault);  // names the script's words
        return refuse_filter(field, fault);
    }
    compiled->text = field.text;
    request.subject = std::move(*compiled);
    warn_of_foreign(field, filter, request.kind);
    return true;
}

// A tuple whose filter, with addresses for names, matches no packet of the protocols that the event is about. One that
// is handed to the script (`$1`) is for whichever of its probes have such packets.
void Checker::warn_of_foreign(const ast::TupleField& field, const std::string& filter, ProbeKind kind) {
    if (!source_.substituted_from(field.span.begin).empty()) return;
    const std::vector<Protocol> carried = protocols_of(kind);
    const auto excluded = [&](Protocol one) { return excludes(filter, protocol_row(one)); };
    if (carried.empty() || !std::all_of(carried.begin(), carried.end(), excluded)) return;
    std::string names;
    for (const Protocol one : carried) names += (names.empty() ? "" : " or ") + shown(protocol_row(one).name);
    warning(field.span, "this never fires: no packet that the filter matches carries " + names,
            "packets of whatever protocol are those of @@net:netdev and @@net:skb");
}

// A clause whose filter, with addresses for names, lets nothing of its protocol through.
void Checker::warn_of_excluded(const ast::TupleField& field, const std::string& filter, Protocol protocol) {
    const ProtocolRow& row = protocol_row(protocol);
    if (!excludes(filter, row)) return;
    std::string possible;
    for (const ProtocolRow& other : protocols()) {
        const bool fires = !other.others.empty() && !excludes(filter, other);
        if (fires) possible += (possible.empty() ? "" : ", ") + std::string(other.name);
    }
    warning(field.span, "this never fires: no packet that the filter matches carries " + shown(row.name),
            (possible.empty() ? "" : "with this filter the protocol can be " + possible + "; ") +
                std::string("`*` takes every packet that the filter matches"));
}

bool Checker::process(const ast::TupleField& field, ProbeRequest& request) {
    if (field.text == "*") {
        if (request.kind == ProbeKind::interval_pid) {
            error(field.span, "a process id is missing");
            return false;
        }
        return true;
    }
    int64_t pid = 0;
    if (!parse_number(field.text, pid) || pid <= 0 || pid > INT32_MAX) {
        error(field.span, shown(field.text) + " is no process id", "write a number, or `*` for all processes");
        return false;
    }
    request.pid = pid;
    return true;
}

bool Checker::interval(const ast::TupleField& field, ProbeRequest& request) {
    uint64_t ms = 0;
    if (!parse_number(field.text, ms)) {
        error(field.span, field.text.empty() ? "the interval is missing" : shown(field.text) + " is no interval",
              "write milliseconds, digits only: 500");
        return false;
    }
    request.fill<IntervalProbe>().ms = ms;
    if (ms > most_interval_ms) {
        error(field.span, "an interval is at most a year");
        return false;
    }
    if (request.kind == ProbeKind::interval_pid) {
        if (ms >= 1) return true;
        error(field.span, "an interval of a process is at least 1 millisecond");
        return false;
    }
    // On processors it is for profiles: the session itself does not wake for it.
    if (request.kind == ProbeKind::interval_cpu) {
        if (ms >= 1) return true;
        error(field.span, "an interval of processors is at least 1 millisecond");
        return false;
    }
    if (ms >= least_interval_ms && ms % least_interval_ms == 0) return true;
    error(field.span, "an interval is at least 100 milliseconds and a multiple of 100",
          "shorter ones are for profiles: of a process, @@interval:<pid>:clock:10, or of processors, "
          "@@interval:*:clock:10:*; what happens by the millisecond is counted in an array: "
          "n[diff_time(begun, timestamp(), MILLISECONDS)]++");
    return false;
}

bool Checker::processors(const ast::TupleField& field, ProbeRequest& request) {
    if (field.text == "*") return true;
    std::vector<uint32_t>& cpus = request.fill<IntervalProbe>().cpus;
    for (std::string_view range : split(field.text, '|')) {
        range = trim(range);
        const std::vector<std::string_view> ends = split(range, '-');
        uint32_t first = 0;
        uint32_t last = 0;
        const bool right = (ends.size() == 1 || ends.size() == 2) && parse_number(trim(ends.front()), first) &&
                           parse_number(trim(ends.back()), last) && first <= last;
        if (!right || last >= most_processors) {
            error(part(field, field.text, range), shown(range) + " is no processor",
                  "write `*`, or numbers and ranges: 0|4-7");
            return false;
        }
        for (uint32_t cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
    }
    std::sort(cpus.begin(), cpus.end());
    cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
    return true;
}

bool Checker::function_name(FieldRule rule, const ast::TupleField& field, ProbeRequest& request) {
    if (field.text.empty()) {
        error(field.span, "the name of the function is missing");
        return false;
    }
    if (field.text == "*" && rule != FieldRule::syscall_any) {
        error(field.span, "`*` cannot stand here",
              rule == FieldRule::syscall ? "@@syscallx:*:*:entry probes all system calls" : "write a name");
        return false;
    }
    switch (rule) {
        case FieldRule::syscall:
        case FieldRule::syscall_any:
            return system_call(rule, field, request.fill<SystemCallProbe>());
        case FieldRule::kernel_function:
            request.fill<KernelFunctionProbe>().name = field.text;
            return true;
        case FieldRule::tracepoint:
            request.fill<TracepointProbe>().name = field.text;
            return true;
        default:
            request.fill<UserFunctionProbe>().name = field.text;
            return true;
    }
}

bool Checker::system_call(FieldRule rule, const ast::TupleField& field, SystemCallProbe& probe) {
    probe.name = field.text;
    if (field.text == "*") return true;
    const CallNames names = rule == FieldRule::syscall ? CallNames::library : CallNames::kernel;
    probe.calls = find_system_calls(field.text, names);
    const AixCall* aix = find_aix_call(field.text);
    if (probe.calls.empty()) {
        const bool of_aix = aix != nullptr && !aix->missing.empty();
        const std::vector<std::string_view> views(system_call_names(names).begin(), system_call_names(names).end());
        std::string hint = of_aix ? std::string(aix->missing) : did_you_mean(field.text, views);
        if (hint.empty()) hint = "`probevue -l syscall` lists them";
        error(field.span, "there is no system call " + shown(field.text), std::move(hint));
        return false;
    }
    if (aix != nullptr && aix->missing.empty() && system_call_name(probe.calls.front().number) != field.text)
        warning(field.span, shown(field.text) + " is a name of AIX's kernel", "taken for " + shown(aix->function));
    return true;
}

}  // namespace probevue::sema
