#include "builtins/http_names.h"

#include <algorithm>

namespace probevue {
namespace {

constexpr HttpPart rows[] = {
#define HTTP_PART(name, of_answer, word) {name, of_answer, word},
#include "builtins/http_names.def"
#undef HTTP_PART
};

}  // namespace

std::span<const HttpPart> http_parts() { return rows; }

const HttpPart* find_http_part(std::string_view name) {
    const auto* found = std::ranges::find(rows, name, &HttpPart::name);
    return found == std::end(rows) ? nullptr : found;
}

bool is_http_token(std::string_view name) {
    constexpr std::string_view signs = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::ranges::all_of(name, [&](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || signs.find(c) != std::string_view::npos;
    });
}

}  // namespace probevue
