// What is lost when there is too little room is counted, to the last event, and is the status when that is asked for.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>

#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

constexpr uint64_t events_of_connections(int count) { return 10 * static_cast<uint64_t>(count) + 2; }

uint64_t figure(const TracedRun& run, std::string_view name) {
    for (const Statistic& one : run.statistics.figures()) {
        if (one.name == name) return one.value;
    }
    FAIL("no figure " << std::string(name));
    return 0;
}

std::string on_states(const std::string& body) {
    return fmt::format("@@net:tcp:state_change when (__netns == NETNS) {{ {} }}\n", body);
}

// With little room, and nothing read before the load is over: what came out and what was lost is all that there was.
// An event gives `each` of what is counted.
TracedRun run_crowded(const std::string& text, uint16_t port, int connections_made, TraceSetup setup,
                      uint64_t each = 1) {
    setup.load_first = true;
    Visible visible;
    TracedRun out = run_traced(
        text,
        [&] {
            visible = witness_states([&] { connections("127.0.0.1", "127.0.0.1", port, connections_made); },
                                     events_of_connections(connections_made));
        },
        setup);
    visible.caused *= each;
    visible.seen *= each;
    const uint64_t nested = out.statistics.nested;  // counted once an event
    check_traced(static_cast<uint64_t>(out.all()) + out.statistics.lost() + (each - 1) * nested, visible);
    return out;
}

}  // namespace

TEST_CASE("a ring that is full: what came out and what was lost is all that there was") {
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
        for (const bool fail : {false, true}) {
            TraceSetup setup{.home = home};
            setup.session.attach.buffer_kb = 4;
            setup.session.fail_on_loss = fail;
            const TracedRun run = run_crowded(on_states(R"(printf("%d\n", __cur_state);)"), 17'301, 100, setup);
            CHECK(run.all() > 0);
            CHECK(figure(run, "lost_buffer_full") > 0);
            CHECK(run.status == (fail ? ExitStatus::loss : ExitStatus::ok));
            const std::vector<std::string> said = run.statistics.remarks();
            REQUIRE(said.size() == 1);
            CHECK(said.front().find(fmt::format("{} lost: the buffer", run.statistics.lost())) == 0);
        }
    }
}

TEST_CASE("a ring with room for all: nothing is lost, and that is no failure") {
    TraceSetup setup;
    setup.session.fail_on_loss = true;
    const TracedRun run = run_crowded(on_states(R"(printf("%d\n", __cur_state);)"), 17'302, 100, setup);
    CHECK(run.statistics.lost() == 0);
    CHECK(run.statistics.remarks().empty());
    CHECK(run.status == ExitStatus::ok);
}

// Every event would make several elements: those that are there and those that found no room are all.
TEST_CASE("arrays that are full, in both homes") {
    constexpr int each = 4;
    // More elements than a table has room for (runtime/kernel/values.cpp: tally_entries).
    constexpr int beyond_a_table = 1'000;
    static_assert(each * events_of_connections(beyond_a_table) > 32'768);
    struct Case {
        const char* what;
        HomeChoice home;
        const char* before;
        const char* behind;
        uint64_t max_elements;
        int connections_made;
    };
    for (const Case& one : {
             Case{"in the engine", HomeChoice::engine, "", "++", 10, 100},
             Case{"kept by processor, as it is fetched", HomeChoice::kernel, "", "++", 10, 100},
             Case{"kept by processor, before it is fetched", HomeChoice::kernel, "", "++", 1'000'000, beyond_a_table},
             Case{"one for all processors", HomeChoice::kernel, "", " = 1", 10, 100},
             Case{"distributions in the engine", HomeChoice::engine, "add_dist(", ", 5)", 10, 100},
             Case{"bins, as they are fetched", HomeChoice::kernel, "add_dist(", ", 5)", 10, 100},
             Case{"bins, before they are fetched", HomeChoice::kernel, "add_dist(", ", 5)", 1'000'000, beyond_a_table},
         }) {
        CAPTURE(std::string(one.what));
        TraceSetup setup{.home = one.home};
        setup.session.engine.max_elements = one.max_elements;
        setup.session.fail_on_loss = true;
        std::string body;
        for (int i = 0; i < each; ++i)
            body += fmt::format("{}at[timestamp()][{}][__sock][__cur_state]{}; ", one.before, i, one.behind);
        const TracedRun run =
            run_crowded(on_states(body) + "@@END { print(at); }", 17'303, one.connections_made, setup, each);
        CHECK(run.homes.front() == (one.home == HomeChoice::kernel ? Home::kernel : Home::engine));
        CHECK(run.all() > 0);
        CHECK(figure(run, "lost_array_full") > 0);
        CHECK(run.status == ExitStatus::loss);
    }
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
