// A recording of events to what a program prints that asks for everything in it. The first byte says the form of
// output; both engines print the same.
#include "tests/fuzz/replay.h"

using namespace probevue;
using namespace probevue::fuzz;

namespace {

const Program& all() {
    static const Program program = compiled("all_of_events", all_of_events());
    return program;
}

const Program& some() {
    static const Program program = compiled("events", program_text("events"));
    return program;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    all();
    some();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile file;
    Input input(data, size);
    const uint8_t choice = input.byte();
    file.set(input.rest());
    constexpr unsigned formats = 4;
    replay_on_engines(choice / formats % 2 == 0 ? all() : some(), file.path(),
                      static_cast<OutputFormat>(choice % formats));
    return 0;
}
