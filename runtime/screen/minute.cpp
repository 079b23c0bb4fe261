#include "runtime/screen/minute.h"

#include <algorithm>

namespace probevue {
namespace {

constexpr uint64_t second_ns = 1'000'000'000;

}  // namespace

void Minute::go_to(uint64_t second) {
    // Seconds lie in a ring: what is older than a minute is written over.
    const uint64_t empty = std::min<uint64_t>(second - latest_, seconds);
    for (uint64_t i = 0; i < empty; ++i) grown_[(second - i) % seconds] = 0;
    latest_ = second;
}

void Minute::add(uint64_t from_ns, uint64_t to_ns, double amount) {
    if (to_ns <= from_ns) return;
    // `to_ns` itself is no part of it.
    const uint64_t last = (to_ns - 1) / second_ns;
    if (!any_) {
        any_ = true;
        first_ = from_ns / second_ns;
        latest_ = first_;
        grown_.fill(0);
    }
    if (last > latest_) go_to(last);
    // When in between it grew is not known: each second has its share.
    const auto whole = static_cast<double>(to_ns - from_ns);
    const uint64_t earliest = last >= seconds ? last - seconds + 1 : 0;
    for (uint64_t second = std::max(from_ns / second_ns, earliest); second <= last; ++second) {
        const uint64_t begin = std::max(from_ns, second * second_ns);
        const uint64_t end = std::min(to_ns, (second + 1) * second_ns);
        grown_[second % seconds] += static_cast<float>(amount * static_cast<double>(end - begin) / whole);
    }
}

std::optional<double> Minute::ago(uint64_t now_ns, size_t seconds_ago) const {
    const uint64_t now = now_ns == 0 ? 0 : (now_ns - 1) / second_ns;
    if (!any_ || seconds_ago >= seconds || seconds_ago > now) return std::nullopt;
    const uint64_t second = now - seconds_ago;
    if (second < first_ || second > latest_ || latest_ - second >= seconds) return std::nullopt;
    return static_cast<double>(grown_[second % seconds]);
}

}  // namespace probevue
