// Where the bytes of a sink go: file descriptors, or memory in tests.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "builtins/base/result.h"

namespace probevue {

enum class Stream : uint8_t { data, error };

class Output {
public:
    virtual ~Output() = default;
    // Writes all of `text`. Failures are remembered, see status() and closed(); after one nothing more is written to
    // the stream.
    virtual void write(Stream stream, std::string_view text) = 0;
    // The first failure of a stream, if any. A reader that has gone away is none.
    virtual Status status() const = 0;
    // The reader of the data stream has gone away (EPIPE).
    virtual bool closed() const = 0;
    // Both streams end in the same file or terminal, so that their order can be seen.
    virtual bool joined() const = 0;
};

// Writes to two descriptors, which stay the caller's. Partial writes, EINTR, and EAGAIN of non-blocking descriptors are
// handled: a write returns when all is written. SIGPIPE must be ignored by the process. `data_name` stands in error
// messages.
class DescriptorOutput final : public Output {
public:
    DescriptorOutput(int data_fd, int error_fd, std::string data_name);

    // Called whenever a signal interrupts a write that waits for its reader; the write goes on afterwards.
    void when_interrupted(std::function<void()> call) { interrupted_ = std::move(call); }

    void write(Stream stream, std::string_view text) override;
    Status status() const override;
    bool closed() const override { return data_.closed; }
    bool joined() const override { return joined_; }

private:
    struct Channel {
        int fd = -1;
        std::string name;
        bool closed = false;
        int error = 0;  // errno of the write that failed
    };

    int write_all(int fd, std::string_view text) const;

    Channel data_;
    Channel error_;
    bool joined_ = false;
    std::function<void()> interrupted_;
};

// Keeps everything.
class MemoryOutput final : public Output {
public:
    void write(Stream stream, std::string_view text) override { (stream == Stream::data ? data : error).append(text); }
    Status status() const override { return {}; }
    bool closed() const override { return false; }
    bool joined() const override { return false; }

    std::string data;
    std::string error;
};

}  // namespace probevue
