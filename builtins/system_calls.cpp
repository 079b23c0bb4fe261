#include "builtins/system_calls.h"

#include <array>

namespace probevue {
namespace {

constexpr auto functions = std::to_array<LibraryCall>({
#define LIBRARY_CALL(function, call, skipped) {#function, #call, skipped},
#define AIX_CALL(...)
#define AIX_ONLY(...)
#include "builtins/system_calls.def"
#undef LIBRARY_CALL
#undef AIX_CALL
#undef AIX_ONLY
});

constexpr auto of_aix = std::to_array<AixCall>({
#define LIBRARY_CALL(...)
#define AIX_CALL(name, function) {#name, #function, {}},
#define AIX_ONLY(name, reason) {#name, {}, reason},
#include "builtins/system_calls.def"
#undef LIBRARY_CALL
#undef AIX_CALL
#undef AIX_ONLY
});

}  // namespace

std::span<const LibraryCall> library_calls(std::string_view function) {
    size_t begin = 0;
    while (begin < functions.size() && functions[begin].function != function) ++begin;
    size_t end = begin;
    while (end < functions.size() && functions[end].function == function) ++end;
    return std::span(functions).subspan(begin, end - begin);
}

std::span<const LibraryCall> all_library_calls() { return functions; }

const AixCall* find_aix_call(std::string_view name) {
    for (const AixCall& row : of_aix) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

}  // namespace probevue
