#include "runtime/screen/terminal_size.h"

#include <sys/ioctl.h>

namespace probevue {

TerminalSize terminal_size(int fd) {
    winsize window{};
    TerminalSize size;
    if (ioctl(fd, TIOCGWINSZ, &window) != 0) return size;
    if (window.ws_col != 0) size.columns = window.ws_col;
    if (window.ws_row != 0) size.rows = window.ws_row;
    return size;
}

}  // namespace probevue
