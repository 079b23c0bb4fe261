// Words of a command line, and the flags that a script brings along. Words end with a NUL each; behind an empty one
// stands the text of a script.
#include <string>
#include <vector>

#include "compiler/source/source.h"
#include "runtime/metrics/address.h"
#include "runtime/options/compiling.h"
#include "runtime/options/options.h"
#include "tests/fuzz/fuzz.h"

using namespace probevue;
using namespace probevue::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Input input(data, size);
    std::vector<std::string> words;
    for (std::string word = input.text(); !word.empty() && words.size() < 32; word = input.text())
        words.push_back(std::move(word));
    for (const std::string& word : words) {
        const Result<ListenAddress> address = parse_listen_address(word);
        if (address && to_text(address->address).empty()) found("an address has no text", word);
        if (!address && address.error().message.empty()) found("an address is refused without a message", word);
    }
    Result<Options> options = parse_options(words);
    if (!options) {
        if (options.error().message.empty() || options.error().status != ExitStatus::usage)
            found("words are refused without a message, or with another status", options.error().message);
        return 0;
    }
    const Status applied = apply_embedded(*options, Source::embedded_arguments(input.rest_as_text()), !words.empty());
    if (!applied && applied.error().message.empty()) found("a script's flags are refused without a message");
    if (applied) static_cast<void>(compile_options(*options));
    return 0;
}
