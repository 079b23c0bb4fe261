// A script and packets: the just-in-time compiler against the interpreter. The script ends with a NUL; behind it stand
// packets of Ethernet, each with its length before it (two bytes).
#include <array>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "compiler/compile.h"
#include "tests/fuzz/replay.h"

using namespace probevue;
using namespace probevue::fuzz;

namespace {

template <typename T>
void put(std::vector<uint8_t>& to, T value) {
    std::array<uint8_t, sizeof value> bytes;
    std::memcpy(bytes.data(), &value, sizeof value);
    to.insert(to.end(), bytes.begin(), bytes.end());
}

// A pcap file; packets are a fifth of a second apart.
std::vector<uint8_t> capture_of(Input& input) {
    std::vector<uint8_t> out;
    put(out, uint32_t{0xa1b2c3d4});
    put(out, uint16_t{2});
    put(out, uint16_t{4});
    put(out, uint64_t{0});
    put(out, uint32_t{65'535});
    put(out, uint32_t{1});
    for (uint32_t number = 0; !input.empty() && number < 64; ++number) {
        const auto packet = input.bytes(input.number(2) % 2048);
        put(out, uint32_t{1'800'000'000 + number / 5});
        put(out, number % 5 * 200'000);
        put(out, static_cast<uint32_t>(packet.size()));
        put(out, static_cast<uint32_t>(packet.size()));
        out.insert(out.end(), packet.begin(), packet.end());
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile file;
    Input input(data, size);
    CompileInput script;
    script.name = "fuzz.e";
    script.text = input.text();
    CompileOptions options;
    options.replay = true;
    options.tell_at_end = true;
    const Compiled out = compile(std::move(script), options);
    if (!out.program) return 0;
    file.set(capture_of(input));
    replay_on_engines(*out.program, file.path(), OutputFormat::text);
    return 0;
}
