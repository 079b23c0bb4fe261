#include "compiler/program/merge_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace probevue {

std::string_view to_string(MergeClass of) {
    switch (of) {
        case MergeClass::free:
            return "free";
        case MergeClass::window:
            return "window";
        case MergeClass::flow:
            return "flow";
        case MergeClass::pair:
            return "pair";
        case MergeClass::serial:
            return "serial";
    }
    return {};
}

const MergeVariable* MergePlan::find(std::string_view name, bool array) const {
    const auto found = std::find_if(variables.begin(), variables.end(),
                                    [&](const MergeVariable& one) { return one.array == array && one.name == name; });
    return found == variables.end() ? nullptr : &*found;
}

MergeClass MergePlan::merge_class() const { return reason().merge_class; }

MergeObstacle MergePlan::reason() const {
    MergeObstacle out{MergeClass::free, {}, {}};
    const auto take = [&](MergeClass merge_class, std::string reason, SourcePosition position) {
        if (merge_class <= out.merge_class) return;
        out = {merge_class, std::move(reason), position};
    };
    for (const MergeObstacle& obstacle : obstacles) take(obstacle.merge_class, obstacle.reason, obstacle.position);
    for (const MergeVariable& variable : variables)
        take(variable.merge_class, fmt::format("`{}` {}", variable.name, variable.reason), variable.position);
    return out;
}

}  // namespace probevue
