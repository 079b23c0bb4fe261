// Which tuples the packets of an interface are held against, with their filters for its link type.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "builtins/packet.h"
#include "runtime/engine/engine.h"
#include "runtime/probes/probe_manager.h"
#include "runtime/sources/packet.h"

namespace probevue {

// Makes the filter of an expression for a link type; null: it matches everything.
using MakeFilter = std::function<Result<std::unique_ptr<PacketFilter>>(const std::string& expression, int link_type)>;
// The filters of the product: libpcap compiles, the engine runs.
MakeFilter filter_maker(EngineKind kind);

struct Route {
    uint32_t tuple = 0;
    ProtocolSet protocol = 0;
    const PacketFilter* filter = nullptr;  // null: every packet
};

struct Routes {
    const PacketInterface* interface = nullptr;  // lives as long as its source
    std::vector<Route> routes;                   // in text order
};

// Makes routes, and owns the filters that they share.
class Router {
public:
    // `tuples`: those of packets, by BoundProbe::index in `probes`.
    Router(const std::vector<BoundProbe>& probes, std::vector<uint32_t> tuples, MakeFilter make)
        : probes_(probes), tuples_(std::move(tuples)), make_(std::move(make)) {}

    // All tuples of packets that `wanted` takes. A filter that the link type cannot have never matches there:
    // `problems` says so.
    Routes routes(const PacketInterface& interface, const std::function<bool(const ProbeRequest&)>& wanted,
                  std::vector<Problem>& problems);

    const std::vector<uint32_t>& tuples() const { return tuples_; }
    const BoundProbe& probe(uint32_t tuple) const { return probes_[tuple]; }

private:
    struct Made {
        bool usable = false;
        std::unique_ptr<PacketFilter> filter;
    };

    const std::vector<BoundProbe>& probes_;
    std::vector<uint32_t> tuples_;
    MakeFilter make_;
    std::map<std::pair<std::string, int>, Made> filters_;
};

bool names_interface(const ProbeRequest& request, const std::string& name);

}  // namespace probevue
