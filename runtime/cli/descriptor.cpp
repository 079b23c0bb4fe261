#include "runtime/cli/descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace probevue {

Result<Descriptor> open_output(const std::string& path) {
    if (path.empty() || path == "-") return Descriptor(STDOUT_FILENO);
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return fail(fmt::format("cannot write `{}`: {}", path, std::strerror(errno)),
                    "give -o the name of a file, in a folder that exists and that you may write to", ExitStatus::usage);
    return Descriptor(fd);
}

void occupy_standard_descriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(fd, F_GETFD) < 0) open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // use still fails
    }
}

}  // namespace probevue
