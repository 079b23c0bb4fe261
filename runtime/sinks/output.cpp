#include "runtime/sinks/output.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace probevue {
namespace {

// Both go to one terminal, or by 2>&1 to one file: then the order of their lines counts.
bool same_file(int a, int b) {
    struct stat of_a = {};
    struct stat of_b = {};
    if (fstat(a, &of_a) != 0 || fstat(b, &of_b) != 0) return false;
    return of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

std::string hint_for(int error) {
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return "make room, or write elsewhere with -o FILE";
        case EFBIG:
            return "the file reached the size limit (ulimit -f), write elsewhere with -o FILE";
        default:
            return {};
    }
}

}  // namespace

DescriptorOutput::DescriptorOutput(int data_fd, int error_fd, std::string data_name)
    : data_{.fd = data_fd, .name = std::move(data_name), .closed = false, .error = 0},
      error_{.fd = error_fd, .name = "standard error", .closed = false, .error = 0},
      joined_(same_file(data_fd, error_fd)) {}

// 0, or the errno that ended the writing.
int DescriptorOutput::write_all(int fd, std::string_view text) const {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<size_t>(written));
            continue;
        }
        int error = errno;
        // Whoever shares the descriptor may have made it non-blocking.
        if (error == EAGAIN) {
            pollfd wait{.fd = fd, .events = POLLOUT, .revents = 0};
            error = poll(&wait, 1, -1) < 0 ? errno : 0;
        }
        if (error == EINTR && interrupted_) interrupted_();
        if (error != 0 && error != EINTR) return error;
    }
    return 0;
}

void DescriptorOutput::write(Stream stream, std::string_view text) {
    Channel& channel = stream == Stream::data ? data_ : error_;
    // After the first fault nothing more: a file with a hole in it would look whole.
    if (channel.closed || channel.error != 0) return;
    const int error = write_all(channel.fd, text);
    // Nobody reads any more, as behind `| head`: no fault, the session ends.
    if (error == EPIPE) {
        channel.closed = true;
    } else {
        channel.error = error;
    }
}

Status DescriptorOutput::status() const {
    for (const Channel* channel : {&data_, &error_}) {
        if (channel->error == 0) continue;
        return fail("cannot write to " + channel->name + ": " + std::generic_category().message(channel->error),
                    hint_for(channel->error));
    }
    return {};
}

}  // namespace probevue
