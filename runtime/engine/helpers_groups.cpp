// Records of reports of multicast groups.
#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

#include "builtins/base/address.h"
#include "compiler/program/helper_arguments.h"
#include "runtime/engine/group_records.h"
#include "runtime/engine/helpers.h"

namespace probevue::helpers {
namespace {

size_t size_of_address(GroupRecordOf of) { return of == GroupRecordOf::igmp ? 4 : 16; }

// The record of an index, from 0. One that a short capture does not have is counted.
std::optional<GroupRecord> record_at(Machine& machine, uint64_t address, uint64_t size, uint64_t index,
                                     GroupRecordOf of) {
    if (index == static_cast<uint64_t>(no_record)) return std::nullopt;
    const uint64_t end = machine.context->packet + machine.context->captured;
    const bool inside = address >= machine.context->packet && address < end;
    const uint64_t there = inside ? std::min(size, end - address) : 0;
    GroupRecords records({reinterpret_cast<const uint8_t*>(address), there}, size_of_address(of));
    std::optional<GroupRecord> found = records.next();
    for (; found && index > 0; --index) found = records.next();
    if (!found && there < size) ++machine.counters.unreadable;
    return found;
}

}  // namespace

uint64_t group_number(Machine& machine, uint64_t address, uint64_t size, uint64_t index, uint64_t of, uint64_t what) {
    const auto found = record_at(machine, address, size, index, static_cast<GroupRecordOf>(of));
    if (!found) return 0;
    return static_cast<GroupNumber>(what) == GroupNumber::type ? found->type : found->sources;
}

uint64_t group_address(Machine& machine, uint64_t to, uint64_t address, uint64_t size, uint64_t index, uint64_t of) {
    const auto reports = static_cast<GroupRecordOf>(of);
    IpAddress out;
    out.family = reports == GroupRecordOf::igmp ? IpAddress::v4 : IpAddress::v6;
    if (const auto found = record_at(machine, address, size, index, reports))
        std::copy_n(found->address, size_of_address(reports), out.bytes.begin());
    std::memcpy(pointer(to), &out, sizeof out);
    return 0;
}

}  // namespace probevue::helpers
