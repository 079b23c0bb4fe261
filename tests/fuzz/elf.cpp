// The file of a program that somebody runs, whose functions are looked up: whoever traces reads it, and whoever runs it
// wrote it.
#include <algorithm>
#include <string>

#include "runtime/symbols/elf_file.h"
#include "tests/fuzz/fuzz.h"

using namespace probevue;
using namespace probevue::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile memory;
    memory.set({data, size});
    const auto file = ElfFile::open(memory.path());
    if (!file) {
        if (file.error().message.empty()) found("a file is refused without a message");
        return 0;
    }
    const auto functions = (*file)->functions();
    const auto by_address = [](const FunctionSymbol& a, const FunctionSymbol& b) { return a.address < b.address; };
    if (!std::is_sorted(functions.begin(), functions.end(), by_address)) found("functions are not in order");
    for (const FunctionSymbol& function : functions.first(std::min<size_t>(functions.size(), 64))) {
        static_cast<void>(demangled(function.name));
        static_cast<void>((*file)->function_at(function.address));
        const auto offset = (*file)->offset_of(function.address);
        if (offset && !(*file)->address_at(*offset)) found("a place in the file has no address");
    }
    return 0;
}
