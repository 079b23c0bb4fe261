// Where output goes.
#pragma once

#include <unistd.h>

#include <string>

#include "builtins/base/result.h"

namespace probevue {

// A file descriptor that closes itself.
class Descriptor {
public:
    // `replaces`: it is of a file whose contents go, once they may (replace()).
    explicit Descriptor(int fd, bool replaces = false) : fd_(fd), replaces_(replaces) {}
    ~Descriptor() {
        if (replaces_ && lseek(fd_, 0, SEEK_CUR) > 0) replace();  // what has been written stands alone
        if (fd_ > STDERR_FILENO) close(fd_);
    }
    Descriptor(Descriptor&& other) noexcept : fd_(other.fd_), replaces_(other.replaces_) {
        other.fd_ = -1;
        other.replaces_ = false;
    }
    Descriptor& operator=(Descriptor&&) = delete;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    // Cuts off what the file held before, behind what has been written into it by now.
    void replace();

private:
    int fd_;
    bool replaces_;
};

// The file of -o, which is made where it is not there; what it holds stays until replace(). Standard output when it is
// empty or `-`. Error (usage): it cannot be written.
Result<Descriptor> open_output(const std::string& path);

// Descriptors 0 to 2 that are closed would be given to whatever we open first, and output would go there.
void occupy_standard_descriptors();

}  // namespace probevue
