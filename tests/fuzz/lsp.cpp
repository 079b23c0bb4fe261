// What an editor writes: from the bytes of the pipe to what the server answers. Each message is answered as it comes,
// then documents are checked.
#include <string>

#include "runtime/lsp/server.h"
#include "runtime/lsp/transport.h"
#include "tests/fuzz/fuzz.h"

using namespace probevue;
using namespace probevue::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile file;
    Input input(data, size);
    // The frames of messages are led in by their lengths, which a fuzzer would have to guess: a byte that is even says
    // that messages are lines, which are framed here.
    if (input.byte() % 2 != 0) {
        file.set(input.rest());
    } else {
        std::string framed;
        const std::string lines = input.rest_as_text();
        for (size_t at = 0; at < lines.size();) {
            const size_t newline = std::min(lines.find('\n', at), lines.size());
            framed += lsp::framed(std::string_view(lines).substr(at, newline - at));
            at = newline + 1;
        }
        file.set({reinterpret_cast<const uint8_t*>(framed.data()), framed.size()});
    }
    Options options;
    options.replay = {"-"};  // no kernel is asked
    size_t answered = 0;
    lsp::Server server(options, [&](const lsp::Json& message) { answered += lsp::framed(lsp::write(message)).size(); });
    lsp::MessageReader reader(file.descriptor());
    using Got = lsp::MessageReader::Got;
    std::string body;
    for (size_t messages = 0; messages < 32 && !server.left(); ++messages) {
        const Got got = reader.read(true, body);
        if (got == Got::broken && reader.problem().empty()) found("messages are refused without a reason");
        if (got != Got::message) break;
        server.take(body);
        while (server.waiting() != 0) server.serve();
    }
    for (size_t documents = 0; documents < 4 && server.check_one(); ++documents) continue;
    return 0;
}
