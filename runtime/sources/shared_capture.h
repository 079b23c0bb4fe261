// A plain pcap file that several threads read together, each blocks of its own.
//
// Where a block's first record begins is known only when the block before has been walked, header by header: blocks are
// read at once, walked one after the other, and their packets handled at once again. The walk is some thirtieth of all.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/sources/packet.h"

namespace probevue {

class SharedCapture {
public:
    // Of records as CaptureReader::plain_fraction() has them, from the end of the file's header on. `file` is open for
    // reading; where it is read makes no difference, and is not changed. Null: it is no file with a size. `threads` of
    // them read.
    static std::unique_ptr<SharedCapture> share(int file, uint64_t fraction_ns, uint32_t threads);
    SharedCapture(const SharedCapture&) = delete;
    SharedCapture& operator=(const SharedCapture&) = delete;
    ~SharedCapture();

    // Where the walk is: in the end at that of the file, or where a record is none. To be asked for when no thread is
    // in next().
    struct Place {
        uint64_t offset = 0;      // bytes
        uint64_t packets = 0;     // before it
        uint64_t reached_ns = 0;  // the latest time of these
    };
    const Place& end() const { return place_; }

    // A thread cannot go on: the others wait for it no longer, and come to no block behind those that they have.
    void stop() noexcept;

    // A thread's way through the file.
    class Reader {
    public:
        // `number` from 0 to `threads` - 1. `capture` outlives it.
        Reader(SharedCapture& capture, uint32_t number) : capture_(capture), block_(number) {}

        // The next of its blocks; false: there is none. Waits for the threads that have the blocks before, so all
        // threads have to ask for as many.
        bool next();
        // Of the block: what was before it.
        const Place& before() const { return before_; }
        // Its packets, one after the other.
        bool next(PacketView& packet);

    private:
        void read(size_t up_to);

        SharedCapture& capture_;
        uint64_t block_;
        std::vector<uint8_t> bytes_;
        size_t size_ = 0;          // of them that were read
        uint64_t first_byte_ = 0;  // in the file
        Place before_;
        uint64_t packets_ = 0;  // handled so far, of all
        size_t at_ = 0;
        size_t stop_ = 0;
    };

private:
    SharedCapture(int descriptor, uint64_t size, uint64_t fraction_ns, uint32_t threads);
    // Moves the place over the records that begin before the block's end. False: the file ends there, or is damaged.
    bool walk(const uint8_t* bytes, uint64_t first_byte, size_t size, uint64_t block_end);
    uint64_t time_of(const uint8_t* record) const;

    static constexpr uint64_t no_more = UINT64_MAX;
    const int descriptor_;
    const uint64_t size_;  // bytes
    const uint64_t fraction_ns_;
    const uint32_t threads_;
    const uint64_t block_size_;       // bytes
    Place place_;                     // belongs to whose block is `turn_`
    std::atomic<uint64_t> turn_ = 0;  // the block that is walked next; no_more: the walk has ended
};

}  // namespace probevue
