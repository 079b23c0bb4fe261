// Time as a session sees it, so that tests can turn it.
#pragma once

#include <poll.h>

#include <cstdint>
#include <span>

namespace probevue {

class Clock {
public:
    virtual ~Clock() = default;
    virtual uint64_t realtime_ns() = 0;   // CLOCK_REALTIME: what events are stamped with
    virtual uint64_t monotonic_ns() = 0;  // CLOCK_MONOTONIC: what intervals are measured with
    // Waits until a descriptor is readable or the time is over.
    virtual void wait(std::span<pollfd> descriptors, uint64_t timeout_ns) = 0;
};

class SystemClock final : public Clock {
public:
    uint64_t realtime_ns() override;
    uint64_t monotonic_ns() override;
    void wait(std::span<pollfd> descriptors, uint64_t timeout_ns) override;
};

}  // namespace probevue
