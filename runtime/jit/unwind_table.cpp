#include "runtime/jit/unwind_table.h"

#include "runtime/jit/processor.h"

#if PROBEVUE_JIT_PROCESSOR

#include <cstring>

// Of libgcc.
extern "C" void __register_frame(void* begin);
extern "C" void __deregister_frame(void* begin);

namespace probevue {

UnwindTable::UnwindTable(const void* function, size_t size, const FrameRule& rule) {
    constexpr uint8_t def_cfa = 0x0c, offset = 0x80, eight_down = 0x78;  // DW_CFA_def_cfa, DW_CFA_offset, -8 as LEB128
    // The common part: version 1, no augmentation, units of 1 and -8 bytes; the frame, as it is from the entry's end
    // on.
    const size_t common = begin();
    put(uint32_t{0});
    for (const uint8_t byte : {uint8_t{1}, uint8_t{0}, uint8_t{1}, eight_down, rule.return_address}) put(byte);
    for (const uint8_t byte : {def_cfa, rule.stack_pointer, rule.size}) put(byte);
    for (const SavedRegister& saved : rule.saved) {
        put(static_cast<uint8_t>(offset | saved.number));
        put(saved.words_down);
    }
    end(common);
    const size_t of_function = begin();
    put(static_cast<uint32_t>(bytes_.size() - common));
    put(reinterpret_cast<uint64_t>(function));
    put(uint64_t{size});
    end(of_function);
    put(uint32_t{0});
    __register_frame(bytes_.data());
}

UnwindTable::~UnwindTable() { __deregister_frame(bytes_.data()); }

template <typename T>
void UnwindTable::put(T value) {
    const size_t at = bytes_.size();
    bytes_.resize(at + sizeof value);
    std::memcpy(&bytes_[at], &value, sizeof value);
}

size_t UnwindTable::begin() {
    put(uint32_t{0});
    return bytes_.size() - sizeof(uint32_t);
}

void UnwindTable::end(size_t at) {
    while (bytes_.size() % 8 != 0) put(uint8_t{0});  // DW_CFA_nop
    const auto length = static_cast<uint32_t>(bytes_.size() - at - sizeof(uint32_t));
    std::memcpy(&bytes_[at], &length, sizeof length);
}

}  // namespace probevue

#endif
