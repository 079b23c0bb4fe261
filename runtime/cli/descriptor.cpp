#include "runtime/cli/descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "runtime/sinks/written_file.h"

namespace probevue {

Result<Descriptor> open_output(const std::string& path) {
    if (path.empty() || path == "-") return Descriptor(STDOUT_FILENO);
    Result<Handle> file = open_written(path, 0644, Existing::kept);
    if (!file) {
        const Error& why = file.error();
        return fail(fmt::format("cannot write `{}`: {}", path, why.message),
                    why.hint.empty() ? "give -o the name of a file, in a folder that exists and that you may write to"
                                     : why.hint,
                    ExitStatus::usage);
    }
    return Descriptor(file->release(), true);
}

void Descriptor::replace() {
    if (!replaces_) return;
    replaces_ = false;
    // What is no file has no end to be cut off, and what cannot be cut is written over as far as it goes.
    const off_t at = lseek(fd_, 0, SEEK_CUR);
    if (at >= 0) static_cast<void>(!ftruncate(fd_, at));
}

void occupy_standard_descriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(fd, F_GETFD) < 0) open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // use still fails
    }
}

}  // namespace probevue
