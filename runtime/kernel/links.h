// Changes of network devices as a source, where no function of the kernel can be hooked: messages of rtnetlink(7), held
// against what was known of the device before.
#pragma once

#include <cstdint>
#include <memory>

#include "builtins/base/result.h"
#include "compiler/program/program.h"
#include "runtime/kernel/events.h"
#include "runtime/sources/event_source.h"

namespace probevue {

// Why there is no such source here; empty: there is.
std::string links_refusal();

struct LinkOptions {
    int network = -1;           // descriptor of the network namespace; -1: that of this process
    uint32_t buffer_bytes = 0;  // between kernel and us
};

// Program::kernel_messages; `numbers` are by element of it and tuple. Listens from enable() on.
std::unique_ptr<EventSource> link_events(const Program& program, TupleNumbers numbers, const LinkOptions& options);

}  // namespace probevue
