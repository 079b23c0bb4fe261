#include "runtime/jit/executable_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace probevue {

namespace {

#ifdef MFD_NOEXEC_SEAL
constexpr unsigned no_program = MFD_NOEXEC_SEAL;
#else
constexpr unsigned no_program = 8;  // of linux/memfd.h since 6.3
#endif

class MemoryFile {
public:
    // What is mapped need not be a program: systems that forbid those in memory (vm.memfd_noexec=2) ask for it to be
    // said. Older ones do not know the flag.
    MemoryFile() : fd_(memfd_create("probevue", MFD_CLOEXEC | no_program)) {
        if (fd_ < 0 && errno == EINVAL) fd_ = memfd_create("probevue", MFD_CLOEXEC);
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() {
        if (fd_ >= 0) close(fd_);
    }

    bool write_all(std::span<const uint8_t> bytes) const {
        while (fd_ >= 0 && !bytes.empty()) {
            const ssize_t written = write(fd_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            bytes = bytes.subspan(static_cast<size_t>(written));
        }
        return fd_ >= 0;
    }
    int fd() const { return fd_; }

private:
    int fd_;
};

// Never writable: a file is written, then mapped. Null where that is refused.
void* map_file(std::span<const uint8_t> code) {
    const MemoryFile file;
    if (!file.write_all(code)) return nullptr;
    void* begin = mmap(nullptr, code.size(), PROT_READ | PROT_EXEC, MAP_PRIVATE, file.fd(), 0);
    return begin == MAP_FAILED ? nullptr : begin;
}

// First writable, then executable. Null where that is refused.
void* change_rights(std::span<const uint8_t> code) {
    void* begin = mmap(nullptr, code.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (begin == MAP_FAILED) return nullptr;
    std::memcpy(begin, code.data(), code.size());
    if (mprotect(begin, code.size(), PROT_READ | PROT_EXEC) == 0) return begin;
    munmap(begin, code.size());
    return nullptr;
}

}  // namespace

std::optional<ExecutableMemory> ExecutableMemory::holding(std::span<const uint8_t> code) {
    void* begin = map_file(code);
    if (begin == nullptr) begin = change_rights(code);
    if (begin == nullptr) return std::nullopt;
    // arm64 does not see of itself that what it fetches was written (Arm ARM, B2.4.4); on x86-64 this does nothing.
    auto* first = static_cast<char*>(begin);
    __builtin___clear_cache(first, first + code.size());
    return ExecutableMemory(begin, code.size());
}

ExecutableMemory::~ExecutableMemory() {
    if (begin_ != nullptr) munmap(begin_, size_);
}

}  // namespace probevue
