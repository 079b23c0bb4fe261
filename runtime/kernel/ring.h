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

#include <cstddef>
#include <cstdint>
#include <functional>
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

    // Calls `take` for each record that has been handed over, in the order of their places; its bytes stay valid during
    // the call. Returns how many there were.
    size_t read(const std::function<void(std::span<const std::byte>)>& take);
    // The next record makes the map's descriptor readable, and wakes who waits for it. False: there are records to
    // read.
    bool sleep();

private:
    // Positions count bytes since the ring was made.
    const std::byte* data() const { return producer_page_ + page_; }
    uint64_t producer_position() const;
    uint32_t header(uint64_t position) const;
    void set_consumer_position(uint64_t position);
    bool has_record() const;

    std::byte* consumer_page_ = nullptr;
    const std::byte* producer_page_ = nullptr;  // the data follow, twice, so that none has to be put together
    size_t page_ = 0;                           // bytes
    size_t size_ = 0;                           // bytes, a power of two
    uint64_t next_ = 0;                         // the first that has not been read
};

}  // namespace probevue
