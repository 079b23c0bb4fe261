#include "builtins/address_range.h"

#include <string_view>

namespace probevue {
namespace {

struct AddressRange {
    FunctionId function;
    std::string_view network;
};

constexpr AddressRange rows[] = {
#define ADDRESS_RANGE(function, network, source) {FunctionId::function, network},
#include "builtins/address_ranges.def"
#undef ADDRESS_RANGE
};

}  // namespace

std::vector<IpAddress> address_ranges(FunctionId function) {
    std::vector<IpAddress> out;
    for (const AddressRange& row : rows) {
        if (row.function == function) out.push_back(*parse_subnet(row.network));
    }
    return out;
}

}  // namespace probevue
