#include "runtime/session/clock.h"

#include <ctime>

namespace probevue {
namespace {

constexpr uint64_t second_ns = 1'000'000'000;

uint64_t now(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<uint64_t>(time.tv_sec) * second_ns + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

uint64_t SystemClock::realtime_ns() { return now(CLOCK_REALTIME); }

uint64_t SystemClock::monotonic_ns() { return now(CLOCK_MONOTONIC); }

void SystemClock::wait(std::span<pollfd> descriptors, uint64_t timeout_ns) {
    timespec timeout{static_cast<time_t>(timeout_ns / second_ns), static_cast<long>(timeout_ns % second_ns)};
    // Interrupted by a signal: the caller looks at everything again anyway.
    ppoll(descriptors.data(), descriptors.size(), &timeout, nullptr);
}

}  // namespace probevue
