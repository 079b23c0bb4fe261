#include "runtime/session/routes.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/sources/filtering.h"

namespace probevue {

MakeFilter filter_maker(EngineKind kind) {
    return [kind](const std::string& expression, const FilterTarget& target,
                  FilterError& fault) -> Result<std::unique_ptr<PacketFilter>> {
        if (expression.find_first_not_of(" \t\r\n") == std::string::npos) return std::unique_ptr<PacketFilter>();
        const std::vector<sock_filter> code = compile_filter(expression, target, fault);
        if (code.empty()) return fail(fault.message);
        return PacketFilter::create(code, kind);
    };
}

bool names_interface(const ProbeRequest& request, const std::string& name) {
    const std::vector<std::string>& names = request.packets().interfaces;
    return std::find(names.begin(), names.end(), name) != names.end();
}

Route::Lack Router::lack_of(const ClauseCode* clause, const PacketInterface& interface, FilterProblems& problems) {
    if (clause == nullptr) return Route::Lack::nothing;
    const EthernetParts parts = ethernet_parts(interface.kind);
    if (parts == EthernetParts::varies)
        return clause->reads_ethernet || clause->reads_ether_type ? Route::Lack::by_packet : Route::Lack::nothing;
    const bool lacks_addresses = clause->reads_ethernet && parts != EthernetParts::all;
    const bool lacks_type = clause->reads_ether_type && parts == EthernetParts::nothing;
    if (!lacks_addresses && !lacks_type) return Route::Lack::nothing;
    // Told once a clause and kind of link, not for each of its tuples and interfaces.
    if (!without_ethernet_.emplace(clause, interface.link_type).second) return Route::Lack::ethernet;
    const auto tell = [&](SourcePosition position, std::string_view what) {
        problems.lacking.push_back({position, fail(fmt::format("link type {} has no Ethernet header: its {} 0 here",
                                                               link_type_name(interface.link_type), what),
                                                   "--stats counts the packets")});
    };
    if (lacks_addresses) tell(*clause->reads_ethernet, "addresses are");
    if (lacks_type) tell(*clause->reads_ether_type, "type is");
    return Route::Lack::ethernet;
}

Routes Router::routes(const PacketInterface& interface, const std::function<bool(const ProbeRequest&)>& wanted,
                      FilterProblems& problems) {
    Routes routes{&interface, {}};
    for (uint32_t tuple : tuples_) {
        const ProbeRequest& request = *probes_[tuple].request;
        if (!wanted(request)) continue;
        // Without knowledge of the link's header no protocol is found behind it; tuples for any packet need none.
        if (interface.kind == LinkKind::unsupported && request.packets().protocol != Protocol::any) {
            routes.left_out = true;
            continue;
        }
        // Tuples with the same expression share a filter; one that is none is told once as well.
        auto [at, added] = filters_.try_emplace({request.packets().filter, filter_target(interface)});
        if (added) {
            FilterError fault;
            auto filter = make_(request.packets().filter, at->first.second, fault);
            at->second.usable = filter.has_value();
            if (filter) {
                at->second.filter = std::move(*filter);
            } else {
                if (fault.message.empty()) fault.message = filter.error().message;
                // One that can never match at this interface is worth a warning only: at others it may.
                (fault.never ? problems.never : problems.refused)
                    .push_back({filter_place(request, fault), filter_error(fault, interface)});
            }
        }
        if (!at->second.usable) continue;
        routes.routes.push_back({tuple, static_cast<ProtocolSet>(request.packets().protocol), at->second.filter.get(),
                                 lack_of(probes_[tuple].clause, interface, problems)});
    }
    return routes;
}

}  // namespace probevue
