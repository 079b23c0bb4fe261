#include "builtins/builtin.h"

#include <array>
#include <utility>

#include "builtins/name_index.h"

namespace probevue {
namespace {

template <typename... Protocols>
consteval ProtocolSet set(Protocol first, Protocols... rest) {
    return static_cast<ProtocolSet>((static_cast<unsigned>(first) | ... | static_cast<unsigned>(rest)));
}

// Which protocols of the tuple fill which headers (spec of @@net:bpf; header variables of the other IP version are
// zero).
constexpr ProtocolSet every_header =
    set(Protocol::ether, Protocol::arp, Protocol::rarp, Protocol::ipv4, Protocol::ipv6, Protocol::tcp, Protocol::udp,
        Protocol::icmp4, Protocol::icmp6, Protocol::igmp, Protocol::group);
constexpr ProtocolSet every_packet = static_cast<ProtocolSet>(every_header | set(Protocol::any));
constexpr ProtocolSet address_resolution = set(Protocol::arp, Protocol::rarp);
constexpr ProtocolSet over_ip4 =
    set(Protocol::ipv4, Protocol::tcp, Protocol::udp, Protocol::icmp4, Protocol::igmp, Protocol::group);
constexpr ProtocolSet over_ip6 = set(Protocol::ipv6, Protocol::tcp, Protocol::udp, Protocol::icmp6, Protocol::group);
constexpr ProtocolSet over_ip = static_cast<ProtocolSet>(over_ip4 | over_ip6);
constexpr ProtocolSet of_igmp = set(Protocol::igmp, Protocol::group);
constexpr ProtocolSet of_icmp6 = set(Protocol::icmp6, Protocol::group);

// A row's kind with what its number counts: `bytes(u32)`.
constexpr ValueType bytes(ValueKind kind) { return {kind, 0, Unit::bytes}; }
constexpr ValueType microseconds(ValueKind kind) { return {kind, 0, Unit::microseconds}; }
constexpr ValueType seconds(ValueKind kind) { return {kind, 0, Unit::seconds}; }

consteval ValueType type_of(ValueType row, EventField field) {
    if (row.kind != ValueKind::string) return row;
    switch (field) {
#define EVENT_FIELD(id, type, size, doc) \
    case EventField::id:                 \
        return {row.kind, size};
#include "builtins/event_fields.def"
#undef EVENT_FIELD
        default:
            return {};
    }
}

// The only texts of packets are names of protocols.
consteval ValueType packet_type(ValueType type) {
    return type.kind == ValueKind::string ? ValueType{type.kind, protocol_name_size} : type;
}

constexpr auto written = [] {
    using enum ValueKind;
    const auto field = [](Layer layer, uint8_t offset, uint8_t width, uint32_t mask = 0xffffffff, uint8_t shift = 0,
                          uint8_t scale = 0) { return PacketField{layer, offset, width, shift, scale, mask}; };
    return std::to_array<BuiltinRow>({
#define field(layer, ...) field(Layer::layer, __VA_ARGS__)
#define slot(name) PacketSlot::name
#define either(ip4, ip6) \
    EitherVersion { ip4, ip6 }
#define name_of(number) \
    ProtocolNameOf { number }
#define PACKET_MEMBER(name, member, kind, from, protocols, doc) \
    {#name, #member, {kind}, from, all_probes, protocols, doc},
#define PACKET_EXTENSION(name, member, kind, from, protocols, doc) \
    {#name, #member, packet_type({kind}), from, all_probes, protocols, doc, {}, true},
#define PACKET_SCALAR(name, kind, from, protocols, doc) {#name, {}, {kind}, from, all_probes, protocols, doc},
#include "builtins/builtins_packet.def"
#undef PACKET_SCALAR
#undef PACKET_EXTENSION
#undef PACKET_MEMBER
#undef name_of
#undef either
#undef slot
#undef field
#define EVENT_SCALAR(name, kind, field, doc) \
    {#name, {}, type_of({kind}, EventField::field), EventField::field, all_probes, 0, doc},
#define EVENT_MEMBER(name, member, kind, field, doc) \
    {#name, #member, type_of({kind}, EventField::field), EventField::field, all_probes, 0, doc},
#define EVENT_SCALAR_EXTENSION(name, kind, field, doc) \
    {#name, {}, type_of({kind}, EventField::field), EventField::field, all_probes, 0, doc, {}, true},
#define EVENT_MEMBER_EXTENSION(name, member, kind, field, doc) \
    {#name, #member, type_of({kind}, EventField::field), EventField::field, all_probes, 0, doc, {}, true},
#define SESSION_SCALAR_EXTENSION(name, kind, from, probes, doc) {#name, {}, {kind}, from, probes, 0, doc, {}, true},
#define EVENT_MISPRINT(name, right) {#name, {}, {}, PacketStart{}, {}, 0, "misprint of the AIX documents", #right},
#define SCOPE(...)
#define SYSPROC_SCOPE(...)
#define UNAVAILABLE_BUILTIN(name, member, reason, doc) \
    {#name, #member, {}, PacketStart{}, {}, 0, doc, {}, false, reason},
#include "builtins/builtins_event.def"
#undef UNAVAILABLE_BUILTIN
#undef SYSPROC_SCOPE
#undef SCOPE
#undef EVENT_MISPRINT
#undef SESSION_SCALAR_EXTENSION
#undef EVENT_MEMBER_EXTENSION
#undef EVENT_SCALAR_EXTENSION
#undef EVENT_MEMBER
#undef EVENT_SCALAR
    });
}();

// Where the language knows a built-in.
struct Scope {
    std::string_view name;  // of a variable, "name", or of one member, "name->member"
    ProbeSet probes;
    std::string_view events;  // of @@sysproc

    constexpr bool is_of(const BuiltinRow& row) const {
        const size_t arrow = name.find("->");
        if (arrow == name.npos) return row.name == name;
        return row.name == name.substr(0, arrow) && row.member == name.substr(arrow + 2);
    }
};
constexpr auto scopes = std::to_array<Scope>({
#define EVENT_SCALAR(...)
#define EVENT_MEMBER(...)
#define EVENT_SCALAR_EXTENSION(...)
#define EVENT_MEMBER_EXTENSION(...)
#define SESSION_SCALAR_EXTENSION(...)
#define EVENT_MISPRINT(...)
#define UNAVAILABLE_BUILTIN(...)
#define SCOPE(name, probes) {#name, probes, {}},
#define SYSPROC_SCOPE(name, events) {#name, ProbeKind::sysproc, events},
#include "builtins/builtins_event.def"
#undef SYSPROC_SCOPE
#undef SCOPE
#undef UNAVAILABLE_BUILTIN
#undef EVENT_MISPRINT
#undef SESSION_SCALAR_EXTENSION
#undef EVENT_MEMBER_EXTENSION
#undef EVENT_SCALAR_EXTENSION
#undef EVENT_MEMBER
#undef EVENT_SCALAR
});

// Rows with their scopes; a misprint has all that the right spelling has.
consteval auto complete_rows() {
    auto rows = written;
    for (const Scope& scope : scopes) {
        bool found = false;
        for (BuiltinRow& row : rows) {
            if (!scope.is_of(row) || !row.unavailable.empty()) continue;
            row.probes = scope.probes;
            row.events = scope.events;
            found = true;
        }
        if (!found) throw "a scope is of no built-in variable";
    }
    for (BuiltinRow& row : rows) {
        if (row.right.empty()) continue;
        bool found = false;
        for (const BuiltinRow& right : written) {
            if (right.name != row.right || !right.member.empty()) continue;
            row.type = right.type;
            row.from = right.from;
            row.probes = right.probes;
            found = true;
        }
        if (!found) throw "the right spelling of a misprint is no built-in variable";
    }
    return rows;
}

constexpr auto rows = complete_rows();

using Key = std::pair<std::string_view, std::string_view>;
struct NameAndMember {
    constexpr Key operator()(const BuiltinRow& row) const { return {row.name, row.member}; }
};
constexpr auto by_name = index_by<NameAndMember>(rows);
static_assert(by_name.unique());

}  // namespace

std::span<const BuiltinRow> builtin_rows() { return rows; }

const BuiltinRow* find_builtin(std::string_view name, std::string_view member) {
    if (const BuiltinRow* row = by_name.find(Key{name, member})) return row;
    // A variable that Linux does not have may be one row: the reason is the same for all of its members.
    const BuiltinRow* whole = by_name.find(Key{name, {}});
    return whole != nullptr && !whole->unavailable.empty() ? whole : nullptr;
}

bool is_builtin(std::string_view name) {
    const BuiltinRow* row = by_name.lower_bound(Key{name, {}});
    return row != nullptr && row->name == name;
}

}  // namespace probevue
