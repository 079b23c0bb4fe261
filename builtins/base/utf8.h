// UTF-8 in what the probes saw, which need not be any.
#pragma once

#include <cstddef>
#include <string_view>

namespace probevue {

// What stands for a part that is no UTF-8: U+FFFD.
inline constexpr std::string_view replacement_character = "\xef\xbf\xbd";

struct Utf8Sequence {
    size_t size = 1;  // bytes that belong together
    bool valid = false;
};

// The UTF-8 sequence at the start of `text`, which is not empty, or the longest start of one (Unicode 15, table 3-7).
Utf8Sequence utf8_sequence_at(std::string_view text);

// The code point of a valid sequence, whole and alone.
char32_t code_point(std::string_view sequence);

// Calls plain(text) for runs of valid UTF-8 and broken() for each maximal part that is none, in their order.
template <typename Plain, typename Broken>
void for_each_utf8_run(std::string_view text, Plain&& plain, Broken&& broken) {
    size_t good = 0;
    while (good < text.size()) {
        const Utf8Sequence next = utf8_sequence_at(text.substr(good));
        if (next.valid) {
            good += next.size;
            continue;
        }
        if (good != 0) plain(text.substr(0, good));
        broken();
        text.remove_prefix(good + next.size);
        good = 0;
    }
    if (!text.empty()) plain(text);
}

}  // namespace probevue
