#include "runtime/repl/packet.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "builtins/base/address.h"
#include "builtins/base/shown.h"
#include "builtins/describe.h"
#include "builtins/event.h"
#include "builtins/names.h"

namespace probevue {
namespace {

uint64_t big_endian(const uint8_t* at, size_t width) {
    uint64_t value = 0;
    for (size_t i = 0; i < width; ++i) value = value << 8 | at[i];
    return value;
}

bool there(const EngineContext& context, Layer layer) {
    return context.layers[static_cast<size_t>(layer)] != reinterpret_cast<uint64_t>(absent_layer());
}

bool has_inner(const EngineContext& context) { return context.slots[static_cast<size_t>(PacketSlot::inner_kind)] != 0; }

bool is_of_group(PacketSlot slot) {
    return slot == PacketSlot::group_type || slot == PacketSlot::group_sources || slot == PacketSlot::group_number;
}

const uint8_t* bytes_of(const PacketField& field, const EngineContext& context) {
    return reinterpret_cast<const uint8_t*>(context.layers[static_cast<size_t>(field.layer)]) + field.offset;
}

// DTrace's names of what other variables show already.
bool says_again(const BuiltinRow& row) {
    return row.name == "__ipinfo" || row.name == "__ipv4info" || row.name == "__ipv6info";
}

std::string field_text(const PacketField& field, ValueType type, const EngineContext& context) {
    const uint8_t* at = bytes_of(field, context);
    if (type.kind == ValueKind::ip) {
        IpAddress address;
        address.family = field.width == 16 ? IpAddress::v6 : IpAddress::v4;
        std::copy_n(at, field.width, address.bytes.begin());
        return to_string(address);
    }
    const uint64_t raw = big_endian(at, field.width);
    if (type.kind == ValueKind::mac) {
        char text[32];
        return std::string(text, format_mac(raw, text));
    }
    return fmt::format("{}", ((raw >> field.shift) & field.mask) << field.scale);
}

// Nothing when the packet does not have the field.
std::optional<std::string> extract(const BuiltinRow& row, const EngineContext& context) {
    if (const auto* field = std::get_if<PacketField>(&row.from)) {
        if (!there(context, field->layer)) return std::nullopt;
        return field_text(*field, row.type, context);
    }
    if (const auto* either = std::get_if<EitherVersion>(&row.from)) {
        const uint64_t version = context.slots[static_cast<size_t>(either->version())];
        if (version == 0) return std::nullopt;
        return field_text(either->of(version), row.type, context);
    }
    if (const auto* name = std::get_if<ProtocolNameOf>(&row.from)) {
        if (!there(context, name->number.layer)) return std::nullopt;
        return listed_name(NameSet::ip_protocol, static_cast<int64_t>(*bytes_of(name->number, context)));
    }
    if (row.type.kind == ValueKind::packet) return std::nullopt;  // an address in our own memory
    if (const auto* slot = std::get_if<PacketSlot>(&row.from)) {
        if (depth_of(*slot) == PacketDepth::inner && !has_inner(context)) return std::nullopt;
        if (is_of_group(*slot) && !there(context, Layer::group4) && !there(context, Layer::group6)) return std::nullopt;
        if (*slot == PacketSlot::mld_version && context.slots[static_cast<size_t>(*slot)] == 0) return std::nullopt;
        if (const Layer layer = layer_of(*slot); layer != Layer::count && !there(context, layer)) return std::nullopt;
        return fmt::format("{}", context.slots[static_cast<size_t>(*slot)]);
    }
    return std::nullopt;
}

std::string time_text(uint64_t time_ns) {
    const auto seconds = static_cast<time_t>(time_ns / 1'000'000'000);
    tm parts{};
    localtime_r(&seconds, &parts);
    char text[64];
    const size_t length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
    return fmt::format("{}.{:06}", std::string_view(text, length), time_ns % 1'000'000'000 / 1000);
}

}  // namespace

void KeptPacket::packet(const PacketView& packet, const PacketInterface& interface) {
    bytes_.assign(packet.data, packet.data + packet.captured);
    head_ = packet;
    interface_ = interface.name;
    kind_ = interface.kind;
    frame_.resize(event_frame_size());
    write_owner(frame_, packet.owner);
    write_reading(frame_, packet, interface);
    kept_ = true;
}

PacketView KeptPacket::view() const {
    PacketView view = head_;
    view.data = bytes_.data();
    view.captured = static_cast<uint32_t>(bytes_.size());
    return view;
}

ProtocolSet KeptPacket::fill(LayerParser& parser, EngineContext& context) const {
    const ProtocolSet carried = parser.parse(kind_, view(), context).protocols;
    context.fields = reinterpret_cast<uintptr_t>(frame_.data());
    return carried;
}

std::string KeptPacket::text() const {
    if (empty()) return {};
    EngineContext context;
    LayerParser parser;
    fill(parser, context);
    std::string out = fmt::format("{} {}{}{} bytes", time_text(head_.time_ns), shown(interface_),
                                  interface_.empty() ? "" : " ", head_.wire_length);
    if (head_.captured < head_.wire_length) out += fmt::format(", {} captured", head_.captured);
    out += '\n';
    for (const BuiltinRow& row : builtin_rows()) {
        if (!row.right.empty() || !row.unavailable.empty() || !contains(row.probes, ProbeKind::bpf)) continue;
        if (says_again(row)) continue;
        if (const std::optional<std::string> value = extract(row, context))
            out += fmt::format("  {:<28} {}\n", spelled(row), shown(*value));
    }
    return out;
}

std::string KeptPacket::value(const BuiltinRow& row) const {
    if (empty()) return {};
    EngineContext context;
    LayerParser parser;
    fill(parser, context);
    return extract(row, context).value_or(std::string());
}

// Gives the packet at hand once.
class SteppedCapture::Source final : public EventSource {
public:
    explicit Source(SteppedCapture& capture) : capture_(capture) {}
    State peek() override {
        if (!capture_.waits_) return State::waiting;
        event_.time_ns = capture_.packet_.time_ns;
        event_.packet = capture_.packet_;
        return State::ready;
    }
    const Event& head() const override { return event_; }
    void pop() override { capture_.waits_ = false; }
    std::string_view name() const override { return capture_.name(); }
    const PacketInterface* interface(uint32_t number) const override { return &capture_.reader_->interfaces()[number]; }

private:
    SteppedCapture& capture_;
    Event event_;
};

// It is as late as the packet at hand says.
class SteppedCapture::PacketClock final : public Clock {
public:
    explicit PacketClock(const SteppedCapture& capture) : capture_(capture) {}
    uint64_t realtime_ns() override { return capture_.packet_.time_ns; }
    uint64_t monotonic_ns() override { return capture_.packet_.time_ns; }
    void wait(std::span<pollfd>, uint64_t) override {}

private:
    const SteppedCapture& capture_;
};

Result<std::unique_ptr<SteppedCapture>> SteppedCapture::open(const std::string& path) {
    auto reader = CaptureReader::open(path);
    if (!reader) return reader.error();
    return std::unique_ptr<SteppedCapture>(new SteppedCapture(std::move(*reader)));
}

bool SteppedCapture::advance() {
    CaptureReader::Item item = reader_->next(packet_);
    while (item == CaptureReader::Item::custom) item = reader_->next(packet_);
    waits_ = item == CaptureReader::Item::packet;
    if (waits_) ++number_;
    return waits_;
}

bool SteppedCapture::wanted(const ProbeRequest& request, const PacketInterface& interface) const {
    if (names_interface(request, "any") || names_interface(request, interface.name)) return true;
    const auto& all = reader_->interfaces();
    return std::none_of(all.begin(), all.end(),
                        [&](const PacketInterface& one) { return names_interface(request, one.name); });
}

std::unique_ptr<EventSource> SteppedCapture::source() { return std::make_unique<Source>(*this); }
std::unique_ptr<Clock> SteppedCapture::clock() { return std::make_unique<PacketClock>(*this); }

}  // namespace probevue
