#include <array>

#include "builtins/function.h"
#include "builtins/name_index.h"

namespace probevue {
namespace {

constexpr auto rows = std::to_array<TypeNameRow>({
    {"String", "text of at most so many bytes: String name[40]"},
    {"__list", "a list of integers, of which sum, avg, min, max and count are known"},
    {"range_t", "slots that values are counted in (set_range, add_range, qrange)"},
    {"dist_t", "a distribution of integers, of which any quantile is known (add_dist, quantile; extension)"},
    {"distinct_t", "how many different values there were (add_distinct, distinct; extension)"},
    {"probev_timestamp_t", "a point in time, result of timestamp()"},
    {"stktrace_t", "a stack, result of get_stktrace()"},
    {"path_t", "path of a file, result of fd_path()"},
    {"mac_addr_t", "a hardware address"},
    {"ip_addr_t", "an IPv4 or IPv6 address"},
    {"net_info_t", "local_port, remote_port, local_addr, remote_addr of a socket"},
});
constexpr auto by_name = index_by(rows);
static_assert(by_name.unique());

}  // namespace

std::span<const TypeNameRow> type_names() { return rows; }

const TypeNameRow* find_type_name(std::string_view name) { return by_name.find(name); }

}  // namespace probevue
