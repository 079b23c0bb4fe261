// How a value lies in records, keys and elements of associative arrays.
#pragma once

#include <cstdint>

#include "compiler/program/record.h"
#include "compiler/sema/type.h"

namespace probevue {

// The field of a value of this type at `offset`, for sinks.
RecordField record_field(TypeRef type, uint32_t offset);

}  // namespace probevue
