// gzip by zlib, zstd by libzstd, both as streams of any number of members.
#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstring>

#include "runtime/sources/byte_stream.h"

namespace probevue {
namespace {

// The compressed side: bytes read ahead.
class Input {
public:
    Input(std::vector<uint8_t> initial, std::unique_ptr<ByteStream> stream)
        : stream_(std::move(stream)), buffer_(std::move(initial)), size_(buffer_.size()) {
        buffer_.resize(std::max<size_t>(buffer_.size(), 64 * 1024));
    }

    uint8_t* data() { return buffer_.data() + position_; }
    size_t available() const { return size_ - position_; }
    void used(size_t n) { position_ += n; }
    FileProgress progress() const { return stream_->progress(); }
    // Reads more when nothing is left; false at the end.
    Result<bool> more() {
        if (available() > 0) return true;
        Result<size_t> n = stream_->read(buffer_.data(), buffer_.size());
        if (!n) return n.error();
        position_ = 0;
        size_ = *n;
        return size_ > 0;
    }

private:
    std::unique_ptr<ByteStream> stream_;
    std::vector<uint8_t> buffer_;
    size_t position_ = 0;
    size_t size_;
};

Error cut_off(const char* kind) { return fail(std::string("the ") + kind + " data is cut off"); }

class GzipStream : public ByteStream {
public:
    GzipStream(std::vector<uint8_t> initial, std::unique_ptr<ByteStream> input)
        : input_(std::move(initial), std::move(input)) {}
    GzipStream(const GzipStream&) = delete;
    GzipStream& operator=(const GzipStream&) = delete;
    ~GzipStream() override { inflateEnd(&state_); }

    bool start() {
        constexpr int gzip_only = 16;
        return inflateInit2(&state_, MAX_WBITS + gzip_only) == Z_OK;
    }

    FileProgress progress() const override { return input_.progress(); }

    Result<size_t> read(uint8_t* buffer, size_t size) override {
        state_.next_out = buffer;
        // zlib counts in 32 bits.
        state_.avail_out = static_cast<uInt>(std::min<size_t>(size, 1u << 30));
        const uInt room = state_.avail_out;
        while (state_.avail_out == room) {
            Result<bool> more = input_.more();
            if (!more) return more.error();
            if (!*more) return in_member_ ? Result<size_t>(cut_off("gzip")) : Result<size_t>(size_t{0});
            size_t given = input_.available();
            state_.next_in = input_.data();
            state_.avail_in = static_cast<uInt>(given);
            in_member_ = true;
            int result = inflate(&state_, Z_NO_FLUSH);
            input_.used(given - state_.avail_in);
            // Another member may follow: gzip(1) takes several one after the other for one file.
            if (result == Z_STREAM_END) {
                in_member_ = false;
                inflateReset(&state_);
            } else if (result != Z_OK && result != Z_BUF_ERROR) {
                return fail(std::string("damaged gzip data: ") + (state_.msg != nullptr ? state_.msg : "unreadable"));
            }
        }
        return static_cast<size_t>(room - state_.avail_out);
    }

private:
    Input input_;
    z_stream state_{};
    bool in_member_ = false;
};

class ZstdStream : public ByteStream {
public:
    // How far data may refer back is memory, and a frame says it by itself: what `zstd -19` writes needs half of this.
    static constexpr int largest_window_log = 24;

    ZstdStream(std::vector<uint8_t> initial, std::unique_ptr<ByteStream> input)
        : input_(std::move(initial), std::move(input)), state_(ZSTD_createDStream(), &ZSTD_freeDStream) {}

    bool start() const {
        return state_ != nullptr &&
               ZSTD_isError(ZSTD_DCtx_setParameter(state_.get(), ZSTD_d_windowLogMax, largest_window_log)) == 0;
    }

    FileProgress progress() const override { return input_.progress(); }

    Result<size_t> read(uint8_t* buffer, size_t size) override {
        ZSTD_outBuffer out{buffer, size, 0};
        while (out.pos == 0) {
            Result<bool> more = input_.more();
            if (!more) return more.error();
            // A frame may hold output back when its input has been taken in whole.
            if (!*more && !in_frame_) return size_t{0};
            ZSTD_inBuffer in{input_.data(), input_.available(), 0};
            size_t result = ZSTD_decompressStream(state_.get(), &out, &in);
            input_.used(in.pos);
            if (ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge)
                return fail(
                    fmt::format("the zstd data needs more than {} MB of memory, decompress it before with `zstd -dc`",
                                (size_t{1} << largest_window_log) >> 20));
            if (ZSTD_isError(result)) return fail(std::string("damaged zstd data: ") + ZSTD_getErrorName(result));
            in_frame_ = result != 0;
            if (!*more && out.pos == 0 && in_frame_) return cut_off("zstd");
        }
        return out.pos;
    }

private:
    Input input_;
    std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> state_;
    bool in_frame_ = false;
};

template <typename Stream>
Result<std::unique_ptr<ByteStream>> started(std::vector<uint8_t> initial, std::unique_ptr<ByteStream> input) {
    auto stream = std::make_unique<Stream>(std::move(initial), std::move(input));
    if (!stream->start()) return fail("no memory to decompress with");
    return std::unique_ptr<ByteStream>(std::move(stream));
}

}  // namespace

Compression compression_of(const uint8_t* first, size_t size) {
    static constexpr uint8_t gzip[] = {0x1f, 0x8b};
    static constexpr uint8_t zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    if (size >= sizeof gzip && std::memcmp(first, gzip, sizeof gzip) == 0) return Compression::gzip;
    if (size >= sizeof zstd && std::memcmp(first, zstd, sizeof zstd) == 0) return Compression::zstd;
    return Compression::none;
}

Result<std::unique_ptr<ByteStream>> decompress(Compression kind, std::vector<uint8_t> initial,
                                               std::unique_ptr<ByteStream> input) {
    if (kind == Compression::gzip) return started<GzipStream>(std::move(initial), std::move(input));
    if (kind == Compression::zstd) return started<ZstdStream>(std::move(initial), std::move(input));
    return fail("no such compression");
}

}  // namespace probevue
