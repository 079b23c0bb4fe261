#include "builtins/base/shown.h"

#include <algorithm>
#include <array>

#include "builtins/base/utf8.h"

namespace probevue {
namespace {

struct Steers {
    char32_t first;
    char32_t last;
};

constexpr auto steering = std::to_array<Steers>({
#define STEERS(first, last, why) {first, last},
#include "builtins/base/shown.def"
#undef STEERS
});

void append_escaped(std::string& to, std::string_view bytes) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        to += "\\x";
        to += "0123456789abcdef"[byte >> 4];
        to += "0123456789abcdef"[byte & 15];
    }
}

// The longest beginning that is shown as it is, in bytes.
size_t plain_size(std::string_view text) {
    size_t at = 0;
    while (at < text.size()) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte >= 0x20 && byte < 0x7f) {
            ++at;
            continue;
        }
        const Utf8Sequence next = utf8_sequence_at(text.substr(at));
        if (!next.valid || steers(code_point(text.substr(at, next.size)))) return at;
        at += next.size;
    }
    return at;
}

std::string made_plain(std::string_view text, bool keeps_lines) {
    std::string out;
    while (!text.empty()) {
        const size_t plain = plain_size(text);
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const char c = text.front();
        const size_t size = utf8_sequence_at(text).size;
        if (keeps_lines && (c == '\n' || c == '\t'))
            out += c;
        else if (c == '\n' || c == '\t' || c == '\r')
            out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r";
        else
            append_escaped(out, text.substr(0, size));
        text.remove_prefix(size);
    }
    return out;
}

}  // namespace

bool steers(char32_t code) {
    return std::any_of(steering.begin(), steering.end(),
                       [&](const Steers& one) { return code >= one.first && code <= one.last; });
}

std::string shown(std::string_view text) { return made_plain(text, false); }

std::string shown_lines(std::string_view text) { return made_plain(text, true); }

bool is_shown_plain(std::string_view text) { return plain_size(text) == text.size(); }

}  // namespace probevue
