// Bytes in sequence: a file, a pipe, memory, or what a decompressor makes of one of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

// How much of a file has been read, as it lies on disk: compressed, if it is.
struct FileProgress {
    uint64_t read = 0;  // bytes
    uint64_t size = 0;  // bytes; 0: it is no file whose end is known
};

class ByteStream {
public:
    virtual ~ByteStream() = default;
    // Reads at least one and at most `size` bytes; 0 is the end.
    virtual Result<size_t> read(uint8_t* buffer, size_t size) = 0;
    // Moves on over so many bytes that are there. False: it has to be read over.
    virtual bool skip(uint64_t /*size*/) { return false; }
    virtual FileProgress progress() const { return {}; }
    // Of the file, as it lies on disk; -1: it is none.
    virtual int descriptor() const { return -1; }
};

// What a stream does while a pipe has nothing to read.
struct Waiting {
    int stop_fd = -1;            // the stream ends when this becomes readable
    std::function<void()> idle;  // called before it waits
    int question_fd = -1;        // and while it waits, when this becomes readable:
    std::function<void()> answer = {};
};

// Opens a file, `-` is standard input.
Result<std::unique_ptr<ByteStream>> open_file(const std::string& path, Waiting waiting = {});
// The bytes, at most `chunk` of them a read.
std::unique_ptr<ByteStream> stream_of(std::vector<uint8_t> bytes, size_t chunk = SIZE_MAX);

// A window on a stream that moves forward: gives its bytes without copying them out. It grows as bytes arrive, never
// because the data claims a size.
class ByteWindow {
public:
    explicit ByteWindow(std::unique_ptr<ByteStream> stream, size_t capacity = 256 * 1024);

    const uint8_t* data() const { return position_; }
    size_t available() const { return static_cast<size_t>(end_ - position_); }
    // Bytes of the stream before data().
    uint64_t offset() const { return buffer_offset_ + static_cast<uint64_t>(position_ - buffer_.data()); }
    // Makes `size` bytes available; false when the stream ends or fails before.
    bool need(size_t size) { return available() >= size || fill(size); }
    // Moves on over bytes that are available.
    void skip(size_t size) { position_ += size; }
    // Moves on over any number of bytes; false when the stream ends before.
    bool skip_far(uint64_t size);
    const Status& status() const { return status_; }
    FileProgress progress() const { return stream_->progress(); }
    int descriptor() const { return stream_->descriptor(); }
    // Are these the bytes of a file whose end is known, as they lie there?
    bool is_plain_file() const { return !decompressed_ && stream_->progress().size != 0; }

    // Replaces gzip and zstd streams, known by their first bytes, by what they decompress to.
    Status decompress();

private:
    bool fill(size_t size);

    std::unique_ptr<ByteStream> stream_;
    std::vector<uint8_t> buffer_;
    uint64_t buffer_offset_ = 0;
    const uint8_t* position_;
    const uint8_t* end_;
    bool ended_ = false;
    bool decompressed_ = false;
    Status status_;
};

// A decompressor over `initial` and then `input`.
enum class Compression : uint8_t { none, gzip, zstd };
Compression compression_of(const uint8_t* first, size_t size);
Result<std::unique_ptr<ByteStream>> decompress(Compression kind, std::vector<uint8_t> initial,
                                               std::unique_ptr<ByteStream> input);

}  // namespace probevue
