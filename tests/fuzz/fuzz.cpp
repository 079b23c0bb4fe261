#include "tests/fuzz/fuzz.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace probevue::fuzz {

uint8_t Input::byte() {
    if (rest_.empty()) return 0;
    const uint8_t out = rest_.front();
    rest_ = rest_.subspan(1);
    return out;
}

uint64_t Input::number(size_t size) {
    uint64_t out = 0;
    for (size_t i = 0; i < size; ++i) out |= uint64_t{byte()} << 8 * i;
    return out;
}

std::span<const uint8_t> Input::bytes(size_t most) {
    const auto out = rest_.first(std::min(most, rest_.size()));
    rest_ = rest_.subspan(out.size());
    return out;
}

std::string Input::text() {
    const auto end = std::find(rest_.begin(), rest_.end(), uint8_t{0});
    std::string out(rest_.begin(), end);
    rest_ = rest_.subspan(std::min(out.size() + 1, rest_.size()));
    return out;
}

void found(std::string_view what, std::string_view details) {
    fmt::print(stderr, "fuzz: finding: {}\n{}\n", what, details);
    std::fflush(stderr);
    std::abort();
}

void same(std::string_view what, std::string_view one, std::string_view other) {
    if (one == other) return;
    const auto at =
        static_cast<size_t>(std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first - one.begin());
    found(fmt::format("{}, from byte {} on", what, at), fmt::format("--- one\n{}\n--- other\n{}", one, other));
}

MemoryFile::MemoryFile()
    : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)), path_(fmt::format("/proc/self/fd/{}", descriptor_)) {
    if (descriptor_ < 0) found("there is no file in memory");
}

MemoryFile::~MemoryFile() { close(descriptor_); }

void MemoryFile::set(std::span<const uint8_t> bytes) {
    const auto size = static_cast<ssize_t>(bytes.size());
    if (ftruncate(descriptor_, 0) != 0 || pwrite(descriptor_, bytes.data(), bytes.size(), 0) != size ||
        lseek(descriptor_, 0, SEEK_SET) != 0)
        found("the file in memory cannot be written");
}

}  // namespace probevue::fuzz
