// A capture file, of any format and compressed or not, to what fixed programs print of it. The first byte says which
// program and which form of output; both engines print the same.
#include <array>
#include <vector>

#include "tests/fuzz/replay.h"

using namespace probevue;
using namespace probevue::fuzz;

namespace {

const std::vector<Program>& programs() {
    static const std::vector<Program> all = [] {
        std::vector<Program> out;
        out.push_back(compiled("all_of_packets", all_of_packets()));
        for (const char* name : {"count", "names", "payload", "filters"})
            out.push_back(compiled(name, program_text(name)));
        return out;
    }();
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile file;
    Input input(data, size);
    const uint8_t choice = input.byte();
    file.set(input.rest());
    constexpr unsigned formats = 4;
    replay_on_engines(programs()[choice / formats % programs().size()], file.path(),
                      static_cast<OutputFormat>(choice % formats));
    return 0;
}
