// Arguments of helper functions (helpers.def) that are more than a number or an address: how compiled code passes them,
// and what the engine takes them for. Recordings hold none of them.
#pragma once

#include <cstdint>

namespace probevue {

// Sizes of two texts in one argument.
constexpr int64_t packed_sizes(uint32_t first, uint32_t second) {
    return static_cast<int64_t>(uint64_t{first} | uint64_t{second} << 32);
}
constexpr uint32_t first_size(uint64_t sizes) { return static_cast<uint32_t>(sizes); }
constexpr uint32_t second_size(uint64_t sizes) { return static_cast<uint32_t>(sizes >> 32); }

// The number of frames of a stack, of levels of a tree of processes, of bytes of a text: all that there are.
inline constexpr int64_t no_limit = -1;

// How two floating point values stand to each other: double_compare.
enum class DoubleOrder : uint64_t { less, equal, greater, unordered };

// What is asked of an open file of the process: fd_text, fd_number.
enum class DescriptorText : uint64_t { file_name, mount_path };
enum class DescriptorNumber : uint64_t {
    file_system,      // f_type of statfs()
    file_type,        // st_mode & S_IFMT
    inode,            // st_ino
    round_trip_time,  // microseconds, smoothed; -1: no TCP connection
};

// What is known of an address: host_address.
enum class HostAddress : uint64_t {
    other,    // of another host
    own,      // of the host of the event
    unknown,  // nobody knows the addresses of that
};

// Which reports records are of, and what is asked of one: group_number, group_address.
enum class GroupRecordOf : uint64_t { igmp, mld };
enum class GroupNumber : uint64_t { type, sources };
inline constexpr int64_t no_record = -1;  // an index that no report has

// Whose attribute is read: process_attribute.
enum class AttributeOf : uint64_t { process, thread, ublock };

}  // namespace probevue
