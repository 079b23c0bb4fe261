// A capture file, of any format and compressed or not, to what fixed programs print of it. The first byte says which
// program and which form of output, and whether the session is recorded; both engines print the same, and so does the
// recording.
#include <algorithm>
#include <string>
#include <vector>

#include "runtime/sinks/recorder.h"
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

// What is odd about a file is told of that file: what was recorded of it has an end, and no damage.
bool has_messages(const std::string& text) {
    const size_t first = text.find("probevue: ");
    return text.substr(std::min(first, text.size())) != "probevue: note: status 0\n";
}

void record(const Program& program, const std::string& path, const std::string& expected) {
    static MemoryFile file;
    file.set({});
    {
        auto recorder = Recorder::open(file.path());
        if (!recorder) found("a recording cannot be opened", recorder.error().message);
        same("a session that is recorded prints something else", expected,
             replayed(program, path, EngineKind::interpreter, OutputFormat::text, recorder->get()));
    }
    same("a recording prints something else", expected,
         replayed(program, file.path(), EngineKind::interpreter, OutputFormat::text));
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    programs();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile file;
    Input input(data, size);
    const uint8_t choice = input.byte();
    file.set(input.rest());
    constexpr unsigned formats = 4;
    constexpr uint8_t recorded = 0x80;
    const Program& program = programs()[(choice & ~recorded) / formats % programs().size()];
    const auto format = static_cast<OutputFormat>(choice % formats);
    const std::string printed = replay_on_engines(program, file.path(), format);
    if ((choice & recorded) != 0 && format == OutputFormat::text && !has_messages(printed))
        record(program, file.path(), printed);
    return 0;
}
