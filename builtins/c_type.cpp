#include "builtins/c_type.h"

#include <array>

#include "builtins/name_index.h"

namespace probevue {
namespace {

constexpr auto rows = std::to_array<CTypeRow>({
    {"int8_t", "signed char"},
    {"int16_t", "short"},
    {"int32_t", "int"},
    {"int64_t", "long"},
    {"uint8_t", "unsigned char"},
    {"uint16_t", "unsigned short"},
    {"uint32_t", "unsigned int"},
    {"uint64_t", "unsigned long"},
    {"u_int8_t", "unsigned char"},
    {"u_int16_t", "unsigned short"},
    {"u_int32_t", "unsigned int"},
    {"u_int64_t", "unsigned long"},
    // 64 bits are `long long` to the kernel (asm-generic/int-ll64.h) and `long` to glibc.
    {"__s8", "signed char"},
    {"__s16", "short"},
    {"__s32", "int"},
    {"__s64", "long long"},
    {"__u8", "unsigned char"},
    {"__u16", "unsigned short"},
    {"__u32", "unsigned int"},
    {"__u64", "unsigned long long"},
    {"__be16", "unsigned short"},
    {"__be32", "unsigned int"},
    {"__be64", "unsigned long long"},
    {"u_char", "unsigned char"},
    {"u_short", "unsigned short"},
    {"u_int", "unsigned int"},
    {"u_long", "unsigned long"},
    {"uint", "unsigned int"},
    {"ushort", "unsigned short"},
    {"ulong", "unsigned long"},
    {"size_t", "unsigned long"},
    {"ssize_t", "long"},
    {"ptrdiff_t", "long"},
    {"intptr_t", "long"},
    {"uintptr_t", "unsigned long"},
    {"intmax_t", "long"},
    {"uintmax_t", "unsigned long"},
    {"pid_t", "int"},
    {"uid_t", "unsigned int"},
    {"gid_t", "unsigned int"},
    {"id_t", "unsigned int"},
    {"key_t", "int"},
    {"off_t", "long"},
    {"off64_t", "long"},
    {"loff_t", "long long"},
    {"mode_t", "unsigned int"},
    {"ino_t", "unsigned long"},
    {"ino64_t", "unsigned long"},
    {"dev_t", "unsigned long"},
    {"nlink_t", "unsigned long"},
    {"blksize_t", "long"},
    {"blkcnt_t", "long"},
    {"time_t", "long"},
    {"suseconds_t", "long"},
    {"useconds_t", "unsigned int"},
    {"clock_t", "long"},
    {"clockid_t", "int"},
    {"socklen_t", "unsigned int"},
    {"sa_family_t", "unsigned short"},
    {"in_addr_t", "unsigned int"},
    {"in_port_t", "unsigned short"},
    {"nfds_t", "unsigned long"},
});
constexpr auto by_name = index_by(rows);
static_assert(by_name.unique());

}  // namespace

std::span<const CTypeRow> c_types() { return rows; }

const CTypeRow* find_c_type(std::string_view name) { return by_name.find(name); }

}  // namespace probevue
