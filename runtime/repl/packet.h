// One packet and its fields, as the built-ins name them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "builtins/builtin.h"
#include "runtime/session/clock.h"
#include "runtime/session/dispatcher.h"
#include "runtime/sources/capture.h"
#include "runtime/sources/layers.h"

namespace probevue {

// A copy of a packet, to be asked about later.
class KeptPacket final : public SessionTap {
public:
    void packet(const PacketView& packet, const PacketInterface& interface) override;

    bool empty() const { return !kept_; }
    // Makes clauses see the packet. `parser` holds headers for as long as `context` is used; it is not empty().
    // Gives the protocols that it carries.
    ProtocolSet fill(LayerParser& parser, EngineContext& context) const;
    // Time, length, and a line for each built-in that the packet fills.
    std::string text() const;
    // The value of a built-in; empty when the packet does not fill it.
    std::string value(const BuiltinRow& row) const;

private:
    PacketView view() const;

    std::vector<uint8_t> bytes_;
    std::vector<std::byte> frame_;  // what is known of it beside its bytes
    PacketView head_;
    std::string interface_;
    LinkKind kind_ = LinkKind::unsupported;
    bool kept_ = false;
};

// A capture read one packet at a time: a source and a clock for a session.
class SteppedCapture {
public:
    static Result<std::unique_ptr<SteppedCapture>> open(const std::string& path);

    // Goes to the next packet; false at the end, status() says which. The packet waits for the session then.
    bool advance();
    // The session has not handled it yet.
    bool waits() const { return waits_; }
    const PacketView& packet() const { return packet_; }
    const PacketInterface& interface() const { return reader_->interfaces()[packet_.interface]; }
    uint64_t number() const { return number_; }
    const Status& status() const { return reader_->status(); }
    const std::string& name() const { return reader_->name(); }
    // Is a tuple for packets of this interface? As in any replay: where the file has none of the names, all are taken.
    bool wanted(const ProbeRequest& request, const PacketInterface& interface) const;

    // For one session at a time; this object outlives it.
    std::unique_ptr<EventSource> source();
    std::unique_ptr<Clock> clock();

private:
    class Source;
    class PacketClock;

    explicit SteppedCapture(std::unique_ptr<CaptureReader> reader) : reader_(std::move(reader)) {}

    std::unique_ptr<CaptureReader> reader_;
    PacketView packet_;
    uint64_t number_ = 0;
    bool waits_ = false;  // the packet, for the session
};

}  // namespace probevue
