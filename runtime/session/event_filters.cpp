#include "runtime/session/event_filters.h"

#include "compiler/program/captured.h"

namespace probevue {

EventFilters::EventFilters(std::span<const BoundProbe> probes, std::span<const uint32_t> tuples, EngineKind kind) {
    for (const uint32_t tuple : tuples) {
        const ProbeRequest& request = *probes[tuple].request;
        const auto* filter = request.as<EventFilter>();
        if (filter == nullptr) continue;
        Made& made = filters_[tuple];
        const auto make = [&](const std::vector<sock_filter>& code) -> std::unique_ptr<PacketFilter> {
            if (code.empty()) return nullptr;
            auto out = PacketFilter::create(code, kind);
            if (out) return std::move(*out);
            problems_.push_back({request.position, out.error()});
            return nullptr;
        };
        made.ethernet = make(filter->ethernet);
        made.raw = make(filter->raw);
    }
}

bool EventFilters::let_pass(uint32_t tuple, const Event& event) {
    const auto at = filters_.find(tuple);
    if (at == filters_.end()) return true;
    // An event whose packet could not be read has one without bytes.
    CapturedBytes packet;
    for (const CapturedBytes& read : event.reads) {
        if (read.kind == CapturedKind::packet) packet = read;
    }
    // The key: the link type above, the length on the wire below.
    const bool has_link = packet.key >> 32 == linktype_ethernet;
    const PacketFilter* filter = has_link ? at->second.ethernet.get() : at->second.raw.get();
    // The filter asks for what only a header of Ethernet has: nobody can tell, which is counted.
    if (filter == nullptr) {
        ++untold_;
        return false;
    }
    return filter->run(reinterpret_cast<const uint8_t*>(packet.bytes), static_cast<uint32_t>(packet.size),
                       static_cast<uint32_t>(packet.key)) != 0;
}

}  // namespace probevue
