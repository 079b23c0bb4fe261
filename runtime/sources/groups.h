// Messages of IGMP (RFC 3376) and MLD (RFC 3810), and the groups that they tell of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "builtins/packet.h"
#include "compiler/program/abi.h"
#include "runtime/engine/group_records.h"

namespace probevue {

struct MulticastMessage {
    enum class What : uint8_t {
        query,      // asks
        one_group,  // a host tells of a group
        records,    // of any number of them
    };
    uint8_t version = 0;  // of IGMP or MLD; 0: it is none of them
    What what = What::query;
    GroupRecordType type = GroupRecordType::none;  // one_group: what a record would say instead
    bool of_ip6 = false;
};

// By type and the byte behind it, and the bytes of the message on the wire: these tell versions of queries apart
// (RFC 3376, 7.1; RFC 3810, 8.1). Queries of other lengths are of none.
MulticastMessage multicast_message4(uint8_t type, uint8_t code, size_t length);
MulticastMessage multicast_message6(uint8_t type, size_t length);

// Goes from group to group of a message whose layers are in the context, and puts each there: Layer::group4 or group6,
// and PacketSlot::group_*.
class GroupWalk {
public:
    explicit GroupWalk(const EngineContext& context);

    // False when there is no further one; what the context has stays.
    bool next(EngineContext& context);
    // It ended because a short capture does not have the next one.
    bool cut_off() const { return cut_off_; }

private:
    bool of_ip6_;
    bool in_records_;
    size_t number_ = 1;  // of groups, as the message says
    size_t at_ = 0;
    bool is_short_ = false;  // not all records were captured
    bool cut_off_ = false;
    GroupRecords records_;
};

}  // namespace probevue
