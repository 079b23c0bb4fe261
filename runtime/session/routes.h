// Which tuples the packets of an interface are held against, with their filters for its link type.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "builtins/packet.h"
#include "compiler/program/filter.h"
#include "runtime/engine/engine.h"
#include "runtime/probes/probe_manager.h"
#include "runtime/sources/packet.h"

namespace probevue {

// Makes the filter of an expression for a target; null: it matches everything. On failure `fault` has what libpcap says
// of the expression, if it was that.
using MakeFilter = std::function<Result<std::unique_ptr<PacketFilter>>(const std::string& expression,
                                                                       const FilterTarget& target, FilterError& fault)>;
// The filters of the product: libpcap compiles, the engine runs.
MakeFilter filter_maker(EngineKind kind);

struct Route {
    uint32_t tuple = 0;
    ProtocolSet protocol = 0;
    const PacketFilter* filter = nullptr;  // null: every packet
    // The clause reads something of the Ethernet header that no packet of the link has, or those without a type.
    enum class Lack : uint8_t { nothing, by_packet, ethernet } lack = Lack::nothing;
};

struct Routes {
    const PacketInterface* interface = nullptr;  // lives as long as its source
    std::vector<Route> routes;                   // in text order
    // There are tuples for these packets with a protocol, and headers of their link type are not known.
    bool left_out = false;
};

// What is wrong with tuples at an interface: filters that can only never match there, and those that cannot be had;
// headers that clauses read and the link does not have.
struct FilterProblems {
    std::vector<Problem> never;
    std::vector<Problem> refused;
    std::vector<Problem> lacking;
};

// Makes routes, and owns the filters that they share.
class Router {
public:
    // `tuples`: those of packets, by BoundProbe::index in `probes`.
    Router(const std::vector<BoundProbe>& probes, std::vector<uint32_t> tuples, MakeFilter make)
        : probes_(probes), tuples_(std::move(tuples)), make_(std::move(make)) {}

    // All tuples of packets that `wanted` takes, those with a protocol where headers of the link type are known.
    // Filters that the interface cannot have are left out, and told of once a target; a link that is no Ethernet has
    // no Ethernet header, which is told of once a clause and link type.
    Routes routes(const PacketInterface& interface, const std::function<bool(const ProbeRequest&)>& wanted,
                  FilterProblems& problems);

    const std::vector<uint32_t>& tuples() const { return tuples_; }
    const BoundProbe& probe(uint32_t tuple) const { return probes_[tuple]; }

private:
    struct Made {
        bool usable = false;
        std::unique_ptr<PacketFilter> filter;
    };

    Route::Lack lack_of(const ClauseCode* clause, const PacketInterface& interface, FilterProblems& problems);

    const std::vector<BoundProbe>& probes_;
    std::vector<uint32_t> tuples_;
    MakeFilter make_;
    std::map<std::pair<std::string, FilterTarget>, Made> filters_;
    std::set<std::pair<const ClauseCode*, int>> without_ethernet_;  // told of: clause and link type
};

bool names_interface(const ProbeRequest& request, const std::string& name);

}  // namespace probevue
