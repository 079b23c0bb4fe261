// The predicate of a clause, written into a program for the kernel. Private to compiler/place.
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "compiler/place/code.h"

namespace probevue {

// Where a captured field lies; nothing when the hook does not give it.
using FindField = std::function<std::optional<KernelPlace>(EventField)>;

// Fields that the predicate of a clause reads.
std::set<EventField> predicate_fields(const ir::Function& clause);

// Writes the predicate: control leaves to `rejected` when it certainly does not hold, and goes on behind when it holds
// or when only the engine can tell, which evaluates it again. `rodata`: contents of the constant memory.
void write_predicate(KernelCode& code, const ir::Function& clause, const std::vector<uint8_t>& rodata,
                     const FindField& find, ir::Label rejected);

}  // namespace probevue
