// Where output goes.
#pragma once

#include <unistd.h>

#include <string>

#include "builtins/base/result.h"

namespace probevue {

// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ > STDERR_FILENO) close(fd_);
    }
    Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    Descriptor& operator=(Descriptor&&) = delete;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

private:
    int fd_;
};

// The file of -o, which is made or emptied; standard output when it is empty or `-`. Error (usage): it cannot be
// written.
Result<Descriptor> open_output(const std::string& path);

// Descriptors 0 to 2 that are closed would be given to whatever we open first, and output would go there.
void occupy_standard_descriptors();

}  // namespace probevue
