#include "runtime/kernel/ring.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace probevue {
namespace {

constexpr uint32_t header_size = BPF_RINGBUF_HDR_SZ;

uint64_t space_of(uint32_t header) {
    const uint64_t size = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
    return (size + header_size + 7) & ~uint64_t{7};
}

}  // namespace

RecordRing::~RecordRing() {
    if (consumer_page_ != nullptr) munmap(consumer_page_, page_);
    if (producer_page_ != nullptr) munmap(const_cast<std::byte*>(producer_page_), page_ + 2 * size_);
}

Status RecordRing::open(int fd) {
    bpf_map_info info{};
    uint32_t info_size = sizeof info;
    page_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const auto refused = [] {
        return fail(fmt::format("cannot read the kernel's records: {}", std::strerror(errno)), {},
                    ExitStatus::permission);
    };
    if (bpf_obj_get_info_by_fd(fd, &info, &info_size) != 0) return refused();
    size_ = info.max_entries;
    void* consumer = mmap(nullptr, page_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (consumer == MAP_FAILED) return refused();
    consumer_page_ = static_cast<std::byte*>(consumer);
    void* producer = mmap(nullptr, page_ + 2 * size_, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(page_));
    if (producer == MAP_FAILED) return refused();
    producer_page_ = static_cast<std::byte*>(producer);
    return {};
}

uint64_t RecordRing::producer_position() const {
    return __atomic_load_n(reinterpret_cast<const uint64_t*>(producer_page_), __ATOMIC_ACQUIRE);
}

uint32_t RecordRing::header(uint64_t position) const {
    return __atomic_load_n(reinterpret_cast<const uint32_t*>(data() + (position & (size_ - 1))), __ATOMIC_ACQUIRE);
}

void RecordRing::set_consumer_position(uint64_t position) {
    __atomic_store_n(reinterpret_cast<uint64_t*>(consumer_page_), position, __ATOMIC_RELEASE);
}

bool RecordRing::has_record() const {
    return next_ != producer_position() && (header(next_) & BPF_RINGBUF_BUSY_BIT) == 0;
}

size_t RecordRing::read(const std::function<void(std::span<const std::byte>)>& take) {
    constexpr uint64_t much = 64 * 1024;  // bytes after which programs get their room back
    size_t count = 0;
    uint64_t given_back = next_;
    uint64_t last = next_;
    for (; has_record(); ++count) {
        const uint32_t head = header(next_);
        if ((head & BPF_RINGBUF_DISCARD_BIT) == 0) take({data() + (next_ & (size_ - 1)) + header_size, head});
        last = next_;
        next_ += space_of(head);
        if (next_ - given_back < much) continue;
        set_consumer_position(last);
        given_back = last;
    }
    if (count != 0) set_consumer_position(last);
    return count;
}

// The kernel marks a record as handed over and then looks at this position, we do both the other way round: one of the
// two sees what the other did.
bool RecordRing::sleep() {
    set_consumer_position(next_);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return !has_record();
}

}  // namespace probevue
