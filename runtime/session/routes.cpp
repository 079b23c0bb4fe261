#include "runtime/session/routes.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/program/filter.h"

namespace probevue {

MakeFilter filter_maker(EngineKind kind) {
    return [kind](const std::string& expression, int link_type) -> Result<std::unique_ptr<PacketFilter>> {
        if (expression.find_first_not_of(" \t\r\n") == std::string::npos) return std::unique_ptr<PacketFilter>();
        constexpr int whole_packets = 262'144;
        FilterError error;
        std::vector<sock_filter> code = compile_filter(expression, link_type, whole_packets, error);
        if (code.empty()) return fail(error.message);
        return PacketFilter::create(code, kind);
    };
}

bool names_interface(const ProbeRequest& request, const std::string& name) {
    const std::vector<std::string>& names = request.interfaces;
    return std::find(names.begin(), names.end(), name) != names.end();
}

Routes Router::routes(const PacketInterface& interface, const std::function<bool(const ProbeRequest&)>& wanted,
                      std::vector<Problem>& problems) {
    Routes routes{&interface, {}};
    if (interface.kind == LinkKind::unsupported) return routes;
    for (uint32_t tuple : tuples_) {
        const ProbeRequest& request = *probes_[tuple].request;
        if (!wanted(request)) continue;
        auto [at, added] = filters_.try_emplace({request.filter, interface.link_type});
        if (added) {
            auto filter = make_(request.filter, interface.link_type);
            at->second.usable = filter.has_value();
            if (filter) {
                at->second.filter = std::move(*filter);
            } else {
                problems.push_back({request.filter_position,
                                    fail(fmt::format("the filter never matches on link type {}: {}",
                                                     link_type_name(interface.link_type), filter.error().message),
                                         {}, ExitStatus::usage)});
            }
        }
        if (!at->second.usable) continue;
        routes.routes.push_back({tuple, static_cast<ProtocolSet>(request.protocol), at->second.filter.get()});
    }
    return routes;
}

}  // namespace probevue
