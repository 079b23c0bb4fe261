#include "runtime/kernel/ring.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace probevue {

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

bool RecordRing::has_record() const {
    return next_ != producer_position() && (header(next_) & BPF_RINGBUF_BUSY_BIT) == 0;
}

// The kernel marks a record as handed over and then looks at this position, we do both the other way round: one of the
// two sees what the other did.
bool RecordRing::sleep() {
    set_consumer_position(next_);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return !has_record();
}

}  // namespace probevue
