#include "runtime/lsp/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <string>

#include "runtime/lsp/server.h"
#include "runtime/lsp/transport.h"
#include "runtime/sinks/output.h"

namespace probevue {

ExitStatus run_language_server(const Options& options) {
    DescriptorOutput output(STDOUT_FILENO, STDERR_FILENO, options.sink.output_name);
    lsp::Server server(options,
                       [&](const lsp::Json& message) { output.write(Stream::data, lsp::framed(lsp::write(message))); });
    lsp::MessageReader reader(STDIN_FILENO);
    using Got = lsp::MessageReader::Got;
    bool idle = false;  // nothing is left to be said
    for (std::string body; !output.closed() && output.status() && !server.left();) {
        // All that has come is looked at before the next message is served: it may cancel that, and of several changes
        // of a document only the last is checked.
        constexpr size_t most_waiting = 64;
        if (server.waiting() >= most_waiting) server.serve();
        const Got got = reader.read(idle, body);
        idle = false;
        if (got == Got::message) {
            server.take(body);
        } else if (server.waiting() != 0) {
            server.serve();
        } else if (got == Got::broken) {
            server.refuse(reader.problem());
            fmt::print(stderr, "probevue: error: {}\n", reader.problem());
            return ExitStatus::run_time;
        } else if (got == Got::end) {
            break;
        } else {
            idle = !server.check_one();
        }
    }
    return server.was_shut_down() ? ExitStatus::ok : ExitStatus::run_time;
}

}  // namespace probevue
