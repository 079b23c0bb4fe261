#include "runtime/sources/byte_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

namespace probevue {
namespace {

class FileStream : public ByteStream {
public:
    // `size` in bytes; 0: it is no file whose end is known.
    FileStream(int fd, bool owned, uint64_t size, bool waits, Waiting waiting)
        : fd_(fd), owned_(owned), waits_(waits), waiting_(std::move(waiting)), progress_{0, size} {}
    FileStream(const FileStream&) = delete;
    FileStream& operator=(const FileStream&) = delete;
    ~FileStream() override {
        if (owned_) close(fd_);
    }

    Result<size_t> read(uint8_t* buffer, size_t size) override {
        for (;;) {
            if (waits_ && !wait()) return size_t{0};
            ssize_t n = ::read(fd_, buffer, size);
            if (n >= 0) {
                progress_.read += static_cast<uint64_t>(n);
                return static_cast<size_t>(n);
            }
            // EAGAIN: standard input may have been made non-blocking by who shares it.
            if (errno != EINTR && errno != EAGAIN) return fail(std::strerror(errno));
        }
    }

    bool skip(uint64_t size) override {
        // lseek() goes beyond the end without an error, so that the end has to be known.
        if (progress_.size < progress_.read || progress_.size - progress_.read < size) return false;
        if (lseek(fd_, static_cast<off_t>(size), SEEK_CUR) < 0) return false;
        progress_.read += size;
        return true;
    }

    FileProgress progress() const override { return progress_; }
    int descriptor() const override { return fd_; }

private:
    // Until there is something to read; false when the session is to stop.
    bool wait() const {
        pollfd fds[] = {{fd_, POLLIN, 0}, {waiting_.stop_fd, POLLIN, 0}, {waiting_.question_fd, POLLIN, 0}};
        constexpr nfds_t count = std::size(fds);  // a negative descriptor is left out
        // Only where nothing is there at once: it may write out what has been printed.
        if (waiting_.idle && poll(fds, count, 0) == 0) waiting_.idle();
        for (;;) {
            const int ready = poll(fds, count, -1);
            if (ready < 0 && errno == EINTR) continue;
            if (ready > 0 && (fds[2].revents & POLLIN) != 0) waiting_.answer();
            if (ready < 0 || fds[0].revents != 0 || fds[1].revents != 0) return (fds[1].revents & POLLIN) == 0;
        }
    }

    int fd_;
    bool owned_;
    bool waits_;
    Waiting waiting_;
    FileProgress progress_;
};

class MemoryStream : public ByteStream {
public:
    MemoryStream(std::vector<uint8_t> bytes, size_t chunk) : bytes_(std::move(bytes)), chunk_(chunk) {}

    Result<size_t> read(uint8_t* buffer, size_t size) override {
        size_t n = std::min({size, chunk_, bytes_.size() - position_});
        std::copy_n(bytes_.begin() + static_cast<ptrdiff_t>(position_), n, buffer);
        position_ += n;
        return n;
    }

private:
    std::vector<uint8_t> bytes_;
    size_t chunk_;
    size_t position_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> open_file(const std::string& path, Waiting waiting) {
    bool standard_input = path == "-";
    int fd = standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail(fmt::format("{}: {}", path, std::strerror(errno)),
                    "-r reads a capture: `tcpdump -w FILE` records one, and probevue with -w");
    }
    struct stat status {};
    bool regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    const uint64_t size = regular ? static_cast<uint64_t>(status.st_size) : 0;
    auto stream = std::make_unique<FileStream>(fd, !standard_input, size, !regular, std::move(waiting));
    if (S_ISDIR(status.st_mode)) return fail(fmt::format("{}: is a directory", path), "give a capture file");
    // The kernel reads further ahead then.
    if (regular) posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return std::unique_ptr<ByteStream>(std::move(stream));
}

std::unique_ptr<ByteStream> stream_of(std::vector<uint8_t> bytes, size_t chunk) {
    return std::make_unique<MemoryStream>(std::move(bytes), chunk);
}

ByteWindow::ByteWindow(std::unique_ptr<ByteStream> stream, size_t capacity)
    : stream_(std::move(stream)), buffer_(capacity), position_(buffer_.data()), end_(buffer_.data()) {}

bool ByteWindow::fill(size_t size) {
    size_t kept = available();
    buffer_offset_ = offset();
    // What is left goes to the front: addresses that were given out before mean nothing any more.
    std::memmove(buffer_.data(), position_, kept);
    while (kept < size && !ended_) {
        constexpr size_t large = size_t{8} << 20;  // from here on at once: while it grows there are two of them
        if (kept == buffer_.size()) buffer_.resize(kept >= large ? size : std::min(size, kept * 2));
        Result<size_t> n = stream_->read(buffer_.data() + kept, buffer_.size() - kept);
        if (!n) status_ = n.error();
        ended_ = !n || *n == 0;
        if (n) kept += *n;
    }
    position_ = buffer_.data();
    end_ = position_ + kept;
    return kept >= size;
}

bool ByteWindow::skip_far(uint64_t size) {
    if (size > available() && stream_->skip(size - available())) {
        buffer_offset_ = offset() + size;
        position_ = end_ = buffer_.data();
        return true;
    }
    // Where nothing can be left out (a pipe, compressed data) it is read, and forgotten.
    while (size > available()) {
        size -= available();
        skip(available());
        if (!need(1)) return false;
    }
    skip(size);
    return true;
}

Status ByteWindow::decompress() {
    constexpr size_t longest_magic = 4;
    need(longest_magic);
    Compression kind = compression_of(data(), available());
    if (kind == Compression::none) return {};
    // What has been read to find out the kind belongs to the compressed bytes.
    auto inner = probevue::decompress(kind, std::vector<uint8_t>(data(), end_), std::move(stream_));
    if (!inner) return inner.error();
    stream_ = std::move(*inner);
    decompressed_ = true;
    position_ = end_ = buffer_.data();
    ended_ = false;
    return {};
}

}  // namespace probevue
