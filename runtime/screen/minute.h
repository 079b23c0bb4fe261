// What one key of the live screen has grown by in each second of the last minute.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace probevue {

class Minute {
public:
    static constexpr size_t seconds = 61;  // the last one may be under way

    // It grew by `amount` from one time to a later one (nanoseconds of any clock that does not go back): spread evenly
    // over the seconds between.
    void add(uint64_t from_ns, uint64_t to_ns, double amount);
    // What it grew by in the second so many before the one that `now_ns` lies in; nothing: not known.
    std::optional<double> ago(uint64_t now_ns, size_t seconds_ago) const;

private:
    void go_to(uint64_t second);

    std::array<float, seconds> grown_{};
    uint64_t first_ = 0;   // the first second that is known
    uint64_t latest_ = 0;  // the one that was added to last
    bool any_ = false;
};

}  // namespace probevue
