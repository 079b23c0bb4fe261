// Text to Program: the parser, the checker, both lowerings, messages and dumps; the formatter. The first byte says what
// is asked of the compiler.
#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "compiler/compile.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/recorded_kernel.h"

using namespace probevue;
using namespace probevue::fuzz;

namespace {

enum Asked : uint8_t { formatted = 1, dumped = 2, outlined = 4, for_kernel = 8, recorded = 16, by_window = 32 };

CompileInput input_of(const std::string& text) {
    CompileInput input;
    input.name = "fuzz.e";
    input.text = text;
    input.shell.arguments = {"1", "\"port 53\"", "eth0"};
    input.shell.variables = {{"NAME", "x"}, {"__CPID", "4242"}};
    return input;
}

const KernelFacts& kernel() {
    static const TypesKernel facts(TypeReader(PROBEVUE_SOURCE_DIR "/tests/data/btf/6.12").make());
    return facts;
}

const std::vector<Stage>& all_stages() {
    static const std::vector<Stage> stages = [] {
        std::vector<Stage> out;
        for (auto stage = uint8_t{0}; stage <= static_cast<uint8_t>(Stage::program); ++stage)
            out.push_back(static_cast<Stage>(stage));
        return out;
    }();
    return stages;
}

// The formatter is done when it has run once, and what it writes is the same script.
void format(const std::string& text) {
    const Formatted once = format_source(input_of(text), false);
    if (!once.text) return;
    const Formatted twice = format_source(input_of(*once.text), false);
    if (!twice.text) found("what the formatter writes is no script", *once.text + twice.messages);
    same("the formatter changes what it has written", *once.text, *twice.text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Input input(data, size);
    const uint8_t asked = input.byte();
    const std::string text = input.rest_as_text();
    if ((asked & formatted) != 0) {
        format(text);
        return 0;
    }
    CompileOptions options;
    options.tell_at_end = true;
    options.replay = (asked & for_kernel) == 0;
    options.outline = (asked & outlined) != 0;
    if ((asked & dumped) != 0) options.dumps = all_stages();
    if ((asked & for_kernel) != 0) options.kernel = &kernel();
    options.record = (asked & recorded) != 0;
    options.by_window = (asked & by_window) != 0;
    const Compiled out = compile(input_of(text), options);
    if (!out.program && out.messages.empty()) found("a script is refused without a message");
    return 0;
}
