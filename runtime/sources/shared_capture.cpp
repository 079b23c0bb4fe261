#include "runtime/sources/shared_capture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace probevue {
namespace {

constexpr uint64_t file_header = 24;  // bytes
constexpr size_t record_header = 16;
constexpr uint32_t largest_record = 262'144;     // MAXIMUM_SNAPLEN of libpcap; larger ones are left to who tells damage
constexpr uint64_t largest_block = 1024 * 1024;  // bytes: what a processor keeps near
constexpr uint64_t smallest_block = 64 * 1024;

uint32_t word(const uint8_t* at) {
    uint32_t out = 0;
    std::memcpy(&out, at, sizeof out);
    return out;
}

}  // namespace

std::unique_ptr<SharedCapture> SharedCapture::share(int file, uint64_t fraction_ns, uint32_t threads) {
    // Of our own, and read by pread(): `file` may be closed, and where it is read stays as it is.
    const int descriptor = fcntl(file, F_DUPFD_CLOEXEC, 0);
    struct stat status {};
    if (descriptor < 0) return nullptr;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(descriptor);
        return nullptr;
    }
    return std::unique_ptr<SharedCapture>(
        new SharedCapture(descriptor, static_cast<uint64_t>(status.st_size), fraction_ns, threads));
}

SharedCapture::SharedCapture(int descriptor, uint64_t size, uint64_t fraction_ns, uint32_t threads)
    : descriptor_(descriptor),
      size_(size),
      fraction_ns_(fraction_ns),
      threads_(threads),
      block_size_(std::clamp(size / (uint64_t{threads} * 8), smallest_block, largest_block)),
      place_{file_header, 0, 0} {}

SharedCapture::~SharedCapture() { close(descriptor_); }

void SharedCapture::stop() noexcept {
    turn_.store(no_more, std::memory_order_release);
    turn_.notify_all();
}

uint64_t SharedCapture::time_of(const uint8_t* record) const {
    return word(record) * uint64_t{1'000'000'000} + word(record + 4) * fraction_ns_;
}

bool SharedCapture::walk(const uint8_t* bytes, uint64_t first_byte, size_t size, uint64_t block_end) {
    const uint64_t end = first_byte + size;
    while (place_.offset < block_end) {
        if (place_.offset > end || end - place_.offset < record_header) return false;
        const uint8_t* const record = bytes + (place_.offset - first_byte);
        const uint32_t captured = word(record + 8);
        if (captured > largest_record || end - place_.offset - record_header < captured) return false;
        place_.offset += record_header + captured;
        ++place_.packets;
        place_.reached_ns = std::max(place_.reached_ns, time_of(record));
    }
    return true;
}

void SharedCapture::Reader::read(size_t up_to) {
    while (size_ < up_to) {
        const ssize_t got =
            pread(capture_.descriptor_, bytes_.data() + size_, up_to - size_, static_cast<off_t>(first_byte_ + size_));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return;
        size_ += static_cast<size_t>(got);
    }
}

bool SharedCapture::Reader::next() {
    if (capture_.turn_.load(std::memory_order_acquire) == no_more) return false;
    // A block has room for a record that begins before its end; mostly that is a short one.
    constexpr size_t short_record = 4096;
    bytes_.resize(capture_.block_size_ + record_header + largest_record);
    first_byte_ = file_header + block_ * capture_.block_size_;
    size_ = 0;
    // Before it is our turn: this is what threads do at the same time.
    read(capture_.block_size_ + short_record);
    uint64_t turn = 0;
    while ((turn = capture_.turn_.load(std::memory_order_acquire)) != block_ && turn != no_more)
        capture_.turn_.wait(turn, std::memory_order_acquire);
    if (turn == no_more) return false;
    // Whose turn it is has the place, until the exchange below hands both on.
    before_ = capture_.place_;
    packets_ = before_.packets;
    const uint64_t block_end = first_byte_ + capture_.block_size_;
    bool more = capture_.walk(bytes_.data(), first_byte_, size_, block_end);
    // A longer record lies across the block's end.
    if (!more && first_byte_ + size_ < capture_.size_) {
        read(bytes_.size());
        more = capture_.walk(bytes_.data(), first_byte_, size_, block_end);
    }
    at_ = static_cast<size_t>(before_.offset - first_byte_);
    stop_ = static_cast<size_t>(capture_.place_.offset - first_byte_);
    uint64_t mine = block_;  // unless all has been stopped meanwhile
    capture_.turn_.compare_exchange_strong(mine, more ? block_ + 1 : no_more, std::memory_order_acq_rel);
    capture_.turn_.notify_all();
    block_ += capture_.threads_;
    return true;
}

bool SharedCapture::Reader::next(PacketView& packet) {
    if (at_ >= stop_) return false;
    const uint8_t* const record = bytes_.data() + at_;
    packet = {};
    packet.data = record + record_header;
    packet.captured = word(record + 8);
    packet.wire_length = word(record + 12);
    packet.time_ns = capture_.time_of(record);
    packet.number = ++packets_;
    at_ += record_header + packet.captured;
    return true;
}

}  // namespace probevue
