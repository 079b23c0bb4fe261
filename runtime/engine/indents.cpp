#include "runtime/engine/indents.h"

#include <fmt/format.h>

#include <algorithm>

namespace probevue {
namespace {

constexpr int64_t deepest = 1'000'000;  // a script that only goes deeper does not overflow

}  // namespace

bool Indents::change(int64_t change, int64_t tid, std::string_view name, uint64_t time_ns, std::string& text) {
    const auto found = threads_.find(tid);
    const Thread before = found != threads_.end() ? found->second : Thread{0, time_ns};
    const int64_t bounded = std::clamp(change, -deepest, deepest);
    const Thread after{std::clamp<int64_t>(before.depth + bounded, 0, deepest), before.since_ns};
    const int64_t shown = std::max(before.depth, after.depth);
    const uint64_t elapsed = time_ns > before.since_ns ? time_ns - before.since_ns : 0;
    text = fmt::format("{:6} {}({}):", elapsed / 1000, name, tid);
    text.append(static_cast<size_t>(std::clamp<int64_t>(shown - 1, 0, 255)), ' ');
    if (after.depth == 0) {
        if (found != threads_.end()) threads_.erase(found);
        return true;
    }
    if (found == threads_.end() && threads_.size() >= max_threads_) {
        text = fmt::format("{:6} {}({}):", 0, name, tid);
        return false;
    }
    threads_[tid] = after;
    return true;
}

}  // namespace probevue
