// What the fuzz targets share. Each target is one NAME.cpp with the entry point that libFuzzer and AFL++ call; main.cpp
// calls it with files in their place. Targets are deterministic, keep nothing from one input to the next, touch no
// network, and write no file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// One input. Always 0; a finding ends the process.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// Called before the first input where a target has it: programs are compiled then, which is no input's time. Always 0.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace probevue::fuzz {

// What is left of an input.
class Input {
public:
    Input(const uint8_t* data, size_t size) : rest_(data, size) {}

    // The next byte; 0 behind the end.
    uint8_t byte();
    // The next `size` bytes as a number, the least significant first.
    uint64_t number(size_t size);
    // The next bytes, as many as there are up to `most`.
    std::span<const uint8_t> bytes(size_t most);
    // Text up to the next NUL, which is taken too, or to the end.
    std::string text();
    std::span<const uint8_t> rest() const { return rest_; }
    std::string rest_as_text() const { return {rest_.begin(), rest_.end()}; }
    bool empty() const { return rest_.empty(); }

private:
    std::span<const uint8_t> rest_;
};

// A finding: says what, and ends the process so that the fuzzer keeps the input.
[[noreturn]] void found(std::string_view what, std::string_view details = {});
// Two ways to one result.
void same(std::string_view what, std::string_view one, std::string_view other);

// A file in memory, which has a name under /proc: for what opens files by their names.
class MemoryFile {
public:
    MemoryFile();
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    // It holds these bytes alone, and is read from its beginning.
    void set(std::span<const uint8_t> bytes);
    const std::string& path() const { return path_; }
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
    std::string path_;
};

}  // namespace probevue::fuzz
