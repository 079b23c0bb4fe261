// Rows of the tables as people read them: in listings, completion and the generated reference.
#pragma once

#include <string>

#include "builtins/builtin.h"
#include "builtins/function.h"
#include "builtins/value_type.h"

namespace probevue {

// As it stands in a script: "unsigned short", "ip_addr_t", "String[32]".
std::string to_string(ValueType type);
// "__tcphdr->flags", "__pid"
std::string spelled(const BuiltinRow& row);
// The protocols of a bpf probe that fill it: "tcp, udp"; empty when it is no header's.
std::string protocol_names(ProtocolSet set);
// "void print(Array array, [int limit], [int flags])": what the row has, without the names of groups of constants.
std::string readable_prototype(const FunctionRow& row);

}  // namespace probevue
