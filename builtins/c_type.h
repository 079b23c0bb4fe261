// Integer types that C programs have from system headers, as on 64-bit Linux: glibc's <sys/types.h>, <stdint.h>,
// <sys/socket.h>, <netinet/in.h>, and <linux/types.h>.
#pragma once

#include <span>
#include <string_view>

namespace probevue {

struct CTypeRow {
    std::string_view name;
    std::string_view same_as;  // in C's own words
};

std::span<const CTypeRow> c_types();
const CTypeRow* find_c_type(std::string_view name);

}  // namespace probevue
