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

namespace {

// The first one of the worst class.
class Worst {
public:
    void take(MergeClass merge_class, std::string reason, SourcePosition position) {
        if (merge_class > out.merge_class) out = {merge_class, std::move(reason), position};
    }
    void take(MergeClass merge_class, const MergeVariable& variable) {
        take(merge_class, fmt::format("`{}` {}", variable.name, variable.reason), variable.position);
    }
    MergeObstacle out{MergeClass::free, {}, {}};
};

}  // namespace

MergeObstacle MergePlan::reason() const {
    Worst worst;
    for (const MergeObstacle& one : obstacles) worst.take(one.merge_class, one.reason, one.position);
    for (const MergeVariable& variable : variables) worst.take(variable.merge_class, variable);
    return worst.out;
}

MergeObstacle MergePlan::reason_of_hosts() const {
    Worst worst;
    for (const MergeObstacle& one : obstacles) {
        if (one.of_hosts) worst.take(one.merge_class, one.reason, one.position);
    }
    for (const MergeVariable& variable : variables) {
        const bool added_up = variable.merge_class <= MergeClass::window;
        if (added_up) worst.take(variable.merge_class, variable);
        // A table's key may come from two hosts: both ends of a connection.
        if (!added_up && variable.answered) worst.take(MergeClass::serial, variable);
    }
    return worst.out;
}

bool MergePlan::tells_in_pieces() const { return prints || reason_of_hosts().merge_class == MergeClass::window; }

}  // namespace probevue
