// Attributes of processes and threads from /proc, for get_proc(), get_thread() and get_ublock() (spec 3.5).
#pragma once

#include <cstdint>

#include "builtins/attribute.h"

namespace probevue {

// 0, or an AttributeError.
using AttributeResult = int32_t;

AttributeResult read_process_attribute(int64_t pid, ProcessAttribute attribute, int64_t& value);
AttributeResult read_thread_attribute(int64_t tid, ThreadAttribute attribute, int64_t& value);
AttributeResult read_ublock_attribute(int64_t id, UblockAttribute attribute, int64_t& value);
bool process_exists(int64_t pid);

}  // namespace probevue
