#include "builtins/c_attribute.h"

#include <array>

#include "builtins/name_index.h"

namespace probevue {
namespace {

constexpr auto rows = std::to_array<CAttributeRow>({
    {"packed", CAttributeEffect::packed},
    {"aligned", CAttributeEffect::aligned},
    {"mode", CAttributeEffect::mode},
    // These leave the layout as it is. They are listed because an attribute that is not may change it.
    {"access"},
    {"address_space"},
    {"alias"},
    {"alloc_align"},
    {"alloc_size"},
    {"always_inline"},
    {"artificial"},
    {"assume_aligned"},
    {"btf_decl_tag"},
    {"btf_type_tag"},
    {"cleanup"},
    {"cold"},
    {"const"},
    {"constructor"},
    {"copy"},
    {"counted_by"},
    {"deprecated"},
    {"designated_init"},
    {"destructor"},
    {"error"},
    {"externally_visible"},
    {"fallthrough"},
    {"fd_arg"},
    {"fd_arg_read"},
    {"fd_arg_write"},
    {"format"},
    {"format_arg"},
    {"gnu_inline"},
    {"hot"},
    {"leaf"},
    {"malloc"},
    {"may_alias"},
    {"no_instrument_function"},
    {"no_sanitize"},
    {"no_sanitize_address"},
    {"noclone"},
    {"noderef"},
    {"noinline"},
    {"nonnull"},
    {"nonstring"},
    {"noreturn"},
    {"nothrow"},
    {"optimize"},
    {"preserve_access_index"},
    {"pure"},
    {"regparm"},
    {"returns_nonnull"},
    {"returns_twice"},
    {"section"},
    {"sentinel"},
    {"target"},
    {"tls_model"},
    {"transparent_union"},
    {"unavailable"},
    {"unused"},
    {"used"},
    {"visibility"},
    {"warn_if_not_aligned"},
    {"warn_unused_result"},
    {"warning"},
    {"weak"},
});
constexpr auto by_name = index_by(rows);
static_assert(by_name.unique());

struct Mode {
    std::string_view name;
    uint32_t bytes;
};
constexpr auto modes = std::to_array<Mode>({
    {"QI", 1},
    {"byte", 1},
    {"HI", 2},
    {"SI", 4},
    {"DI", 8},
    {"word", 8},
    {"pointer", 8},
    {"unwind_word", 8},
});
constexpr auto by_mode = index_by(modes);
static_assert(by_mode.unique());

}  // namespace

const CAttributeRow* find_c_attribute(std::string_view name) { return by_name.find(name); }

std::string_view plain_attribute(std::string_view written) {
    if (written.size() <= 4 || !written.starts_with("__") || !written.ends_with("__")) return written;
    return written.substr(2, written.size() - 4);
}

uint32_t bytes_of_mode(std::string_view name) {
    const Mode* found = by_mode.find(name);
    return found == nullptr ? 0 : found->bytes;
}

}  // namespace probevue
