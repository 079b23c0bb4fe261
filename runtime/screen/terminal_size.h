// How large a terminal is.
#pragma once

#include <cstddef>

namespace probevue {

struct TerminalSize {
    size_t columns = 80;
    size_t rows = 24;
};

// Of the terminal behind a descriptor (TIOCGWINSZ, ioctl_tty(2)). A number that it does not know is the usual one, and
// so are both of what is no terminal.
TerminalSize terminal_size(int fd);

}  // namespace probevue
