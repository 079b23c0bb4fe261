// Reads a ring buffer of the kernel (kernel/bpf/ringbuf.c) and decides when its programs wake us. Private to
// runtime/kernel.
//
// With the flags 0, which our programs use, the kernel wakes whoever waits for the ring when the record that a program
// hands over is the first one that has not been read: its place is the consumer's position. A wake-up interrupts the
// processor, the kernel then works off what its network has waiting there, and events of that find the program still at
// work and pass it over. So while records flow the position that the kernel sees is that of the last record read, not
// the one behind it: nobody is woken, and we look by the clock. Only a reader that goes to sleep gives that record
// back.
#pragma once

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "builtins/base/result.h"

namespace probevue {

class RecordRing {
public:
    RecordRing() = default;
    RecordRing(const RecordRing&) = delete;
    RecordRing& operator=(const RecordRing&) = delete;
    ~RecordRing();

    // Maps the memory of the map `fd`, which stays the caller's. Errors: permission.
    Status open(int fd);

    // Calls `take` with a std::span<const std::byte> for each record that has been handed over, in the order of their
    // places; its bytes stay valid during the call. Returns how many there were.
    template <typename Take>
    size_t read(Take&& take);
    // The next record makes the map's descriptor readable, and wakes who waits for it. False: there are records to
    // read.
    bool sleep();

private:
    // Positions count bytes since the ring was made.
    const std::byte* data() const { return producer_page_ + page_; }
    uint64_t producer_position() const {
        return __atomic_load_n(reinterpret_cast<const uint64_t*>(producer_page_), __ATOMIC_ACQUIRE);
    }
    uint32_t header(uint64_t position) const {
        return __atomic_load_n(reinterpret_cast<const uint32_t*>(data() + (position & (size_ - 1))), __ATOMIC_ACQUIRE);
    }
    void set_consumer_position(uint64_t position) {
        __atomic_store_n(reinterpret_cast<uint64_t*>(consumer_page_), position, __ATOMIC_RELEASE);
    }
    bool has_record() const;

    std::byte* consumer_page_ = nullptr;
    const std::byte* producer_page_ = nullptr;  // the data follow, twice, so that none has to be put together
    size_t page_ = 0;                           // bytes
    size_t size_ = 0;                           // bytes, a power of two
    uint64_t next_ = 0;                         // the first that has not been read
};

template <typename Take>
size_t RecordRing::read(Take&& take) {
    constexpr uint64_t much = 64 * 1024;  // bytes after which programs get their room back
    constexpr uint32_t header_size = BPF_RINGBUF_HDR_SZ;
    size_t count = 0;
    uint64_t given_back = next_;
    uint64_t last = next_;
    // Programs write the position all the time: it is looked at anew only where the records end that are known of.
    uint64_t end = next_;
    for (; next_ != end || next_ != (end = producer_position()); ++count) {
        const uint32_t head = header(next_);
        if ((head & BPF_RINGBUF_BUSY_BIT) != 0) break;
        const uint64_t bytes = head & ~BPF_RINGBUF_DISCARD_BIT;
        if (bytes == head) take(std::span<const std::byte>(data() + (next_ & (size_ - 1)) + header_size, bytes));
        last = next_;
        next_ += (bytes + header_size + 7) & ~uint64_t{7};
        if (next_ - given_back < much) continue;
        set_consumer_position(last);
        given_back = last;
    }
    if (count != 0) set_consumer_position(last);
    return count;
}

}  // namespace probevue
