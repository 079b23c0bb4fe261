// Keys of the live screen, as terminals are told apart no more.
#pragma once

#include <cstdint>

namespace probevue {

enum class ScreenKey : uint8_t {
    none,  // there is no key to read
    character,
    enter,
    escape,
    backspace,
    tab,
    back_tab,
    up,
    down,
    left,
    right,
    page_up,
    page_down,
    home,
    end,
    other,
};

struct KeyPress {
    ScreenKey key = ScreenKey::none;
    char32_t code = 0;  // of a character
};

}  // namespace probevue
