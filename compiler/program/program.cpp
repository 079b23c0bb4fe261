#include "compiler/program/program.h"

#include <type_traits>

namespace probevue {

const std::string& ProbeRequest::name() const {
    // What is returned is a reference: an empty one has to stay as well.
    static const std::string none;
    return std::visit(
        [](const auto& means) -> const std::string& {
            using Subject = std::decay_t<decltype(means)>;
            if constexpr (std::is_same_v<Subject, ProcessProbe>)
                return means.event;
            else if constexpr (requires { means.name; })
                return means.name;
            else
                return none;
        },
        subject);
}

const std::vector<SystemCall>& ProbeRequest::calls() const {
    static const std::vector<SystemCall> none;
    const auto* call = as<SystemCallProbe>();
    return call == nullptr ? none : call->calls;
}

uint64_t ProbeRequest::interval_ms() const {
    const auto* interval = as<IntervalProbe>();
    return interval == nullptr ? 0 : interval->ms;
}

}  // namespace probevue
