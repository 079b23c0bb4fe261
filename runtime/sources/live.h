// Packets of a live interface, through libpcap.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/sources/event_source.h"

namespace probevue {

struct LiveOptions {
    uint32_t snap_length = 256;  // bytes kept of each packet
    // Ring between kernel and us. libpcap divides it into blocks of 256 KiB, and the kernel goes on to the next one
    // every delay_ms even for a single packet: what counts is for how long we may be away, here 640 ms.
    uint32_t buffer_kb = 16 * 1024;
    uint32_t delay_ms = 10;  // the kernel hands packets over in blocks, at the latest after so long
};

class LiveCapture : public EventSource {
public:
    // Opens an interface (`any`: all of them, cooked headers), of any link type. It sees nothing before enable().
    // Errors: usage when
    // there is no such interface (the hint lists those there are), permission, run_time when it is down.
    static Result<std::unique_ptr<LiveCapture>> open(const std::string& interface, const LiveOptions& options);

    // What the kernel is to keep; every packet by default. Its result is a superset of what the clauses want: they
    // filter again.
    virtual void set_filter(std::vector<sock_filter> filter) = 0;
};

// Interfaces of this network namespace by name, and `any`.
std::vector<std::string> interface_names();
bool interface_exists(const std::string& name);
// The error for a name that no interface has.
Error no_such_interface(const std::string& name);

}  // namespace probevue
