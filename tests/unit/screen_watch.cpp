// What stands behind `.watch`.
#include <doctest/doctest.h>

#include <array>
#include <string>

#include "runtime/repl/watch.h"

using namespace probevue;

namespace {

const std::array<std::string, 2> variables = {"bytes", "ticks"};

}  // namespace

TEST_CASE("a variable and seconds, in any order, or neither") {
    CHECK(parse_watch("", variables)->name.empty());
    CHECK(parse_watch("", variables)->seconds == 1);
    CHECK(parse_watch("ticks  5", variables)->name == "ticks");
    CHECK(parse_watch("5 ticks", variables)->seconds == 5);
}

TEST_CASE("what is neither is refused") {
    const auto refused = [](std::string_view text, const std::string& message, const std::string& hint) {
        const Result<WatchRequest> request = parse_watch(text, variables);
        REQUIRE(!request);
        CHECK(request.error().message == message);
        CHECK(request.error().hint == hint);
    };
    refused("0", "`0` is no number of seconds", ".watch [NAME] [SECONDS]");
    refused("5x", "`5x` is no number of seconds", ".watch [NAME] [SECONDS]");
    refused("99999999999999999999", "`99999999999999999999` is no number of seconds", ".watch [NAME] [SECONDS]");
    refused("1 2", "`2` is no number of seconds", ".watch [NAME] [SECONDS]");
    refused("bytes ticks", ".watch takes one variable, and `ticks` is a second one",
            "Tab goes from one to the next on the screen");
    refused("tick", "there is no variable `tick`", "did you mean `ticks`?");
    refused("else", "there is no variable `else`", ".show lists them");
}
