// Numbers of the Linux kernel that stand in no header for user space, and of the wire, where more than one file needs
// them.
#pragma once

#include <cstdint>

namespace probevue {

// Bytes of a thread's name, its NUL included: TASK_COMM_LEN (include/linux/sched.h).
inline constexpr uint32_t task_name_size = 16;

inline constexpr int64_t address_family_inet6 = 10;  // AF_INET6 (include/linux/socket.h)

// Offsets in bytes in headers of IP: RFC 791 and RFC 8200. The destination stands behind the source.
inline constexpr int32_t ip4_header_size = 20;  // without options
inline constexpr int32_t ip4_protocol_at = 9;
inline constexpr int32_t ip4_source_at = 12;
inline constexpr int32_t ip4_destination_at = 16;
inline constexpr int32_t ip6_header_size = 40;
inline constexpr int32_t ip6_next_header_at = 6;
inline constexpr int32_t ip6_source_at = 8;
inline constexpr int32_t ip6_destination_at = 24;

// Bytes of Ethernet (IEEE 802.3), and of a VLAN tag (IEEE 802.1Q), which stands where the type would.
inline constexpr int32_t ethernet_header_size = 14;
inline constexpr int32_t ethernet_type_at = 12;
inline constexpr int32_t vlan_tag_size = 4;

}  // namespace probevue
