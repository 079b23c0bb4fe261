#include "builtins/packet_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace probevue {
namespace {

constexpr std::array rows{
#define PACKET_STEP(point, target, kind) PacketStep{HookPoint::point, target, StepKind::kind},
#include "builtins/packet_steps.def"
#undef PACKET_STEP
};

}  // namespace

std::span<const PacketStep> packet_steps() { return rows; }

const PacketStep* step_at(std::string_view tracepoint) {
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const PacketStep& step) {
        return step.point == HookPoint::tracepoint && step.target == tracepoint;
    });
    return at == rows.end() ? nullptr : &*at;
}

std::string describe(const PacketStep& step) {
    const char* where = step.point == HookPoint::tracepoint ? "tracepoint"
                        : step.point == HookPoint::entry    ? "entry of"
                                                            : "return of";
    return fmt::format("{} {}", where, step.target);
}

}  // namespace probevue
