// Names that http_field() takes.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace probevue {

// A part of the first line of a message (http_names.def).
struct HttpPart {
    std::string_view name;
    bool of_answer;  // it is in answers, else in requests
    size_t word;     // which word of the line, from 0
};
std::span<const HttpPart> http_parts();
// Null when no part has the name.
const HttpPart* find_http_part(std::string_view name);

// Can a header field have the name (a token of RFC 9110, 5.6.2)?
bool is_http_token(std::string_view name);

}  // namespace probevue
