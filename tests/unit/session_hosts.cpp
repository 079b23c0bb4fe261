// Hosts whose live sessions tell states: how far all have come, and who is missing.
#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "runtime/session/hosts.h"
#include "runtime/session/timers.h"
#include "tests/unit/record_sink.h"

namespace probevue {
namespace {

constexpr uint64_t second = 1'000'000'000;
constexpr uint64_t epoch = 1'700'000'000 * second;  // of the clocks of all

class Messages final : public RecordSink {
public:
    void record(const RecordLayout&, const std::byte*, const RecordOrigin&) override {}
    void message(MessageKind, std::string_view text) override { said.emplace_back(text); }
    std::vector<std::string> said;
};

struct Told {
    Messages sink;
    Hosts hosts;
    explicit Told(std::vector<std::string> streams = {"-"}) : hosts(sink, streams) {}

    // A state of a host that tells each second has come so long after the beginning, and is of `reached` by its clock.
    Hosts::Take take(const std::string& host, uint64_t sequence, uint64_t reached, uint64_t at, bool last = false,
                     size_t stream = 0, bool chained = true) {
        StateText state;
        StatePart part;
        part.host = host;
        part.run = "run of " + host;
        part.sequence = sequence;
        state.head.parts = {part};
        state.figures.next_after_ns = last ? 0 : second;
        return hosts.take(state, epoch + reached, stream, chained, now(at));
    }
    static HereNow now(uint64_t at) { return {100 * second + at, epoch + at}; }
    std::string said() const {
        std::string out;
        for (const std::string& message : sink.said) out += message + "\n";
        return out;
    }
};

}  // namespace

TEST_CASE("all is known up to where each host has told it") {
    Told told;
    CHECK(told.hosts.empty());
    CHECK(told.hosts.complete_until() == 0);
    CHECK(told.take("a", 0, 3 * second, 3 * second) == Hosts::Take::counts);
    CHECK(told.take("b", 0, 2 * second, 3 * second) == Hosts::Take::counts);
    CHECK(told.hosts.complete_until() == epoch + 2 * second);
    CHECK(told.take("b", 1, 4 * second, 4 * second) == Hosts::Take::counts);
    CHECK(told.hosts.complete_until() == epoch + 3 * second);
    CHECK(told.take("a", 0, 3 * second, 4 * second) == Hosts::Take::late);
    CHECK(told.take("a", 1, 5 * second, 5 * second, true) == Hosts::Take::counts);
    CHECK(told.hosts.complete_until() == epoch + 4 * second);
    CHECK(told.take("b", 2, 6 * second, 6 * second, true) == Hosts::Take::counts);
    CHECK(told.hosts.complete_until() == UINT64_MAX);
    told.hosts.stream_ended(0);
    CHECK(told.hosts.missing() == 0);
    CHECK(told.said().empty());
}

TEST_CASE("a host that is silent for two states is missing until it speaks") {
    Told told;
    told.take("a", 0, second, second);
    told.take("b", 0, second, second);
    told.take("a", 1, 4 * second, 4 * second);
    told.hosts.look(Told::now(4 * second));
    CHECK(told.hosts.missing() == 0);
    told.hosts.look(Told::now(4 * second + 1));
    CHECK(told.hosts.missing() == 1);
    CHECK(told.hosts.complete_until() == epoch + 4 * second);
    CHECK(told.said().find("b: no state has come for 3 s: what it has seen since ") == 0);
    told.take("b", 1, 5 * second, 5 * second);
    CHECK(told.hosts.missing() == 0);
    CHECK(told.said().find("b: is there again") != std::string::npos);
    told.hosts.stream_ended(0);
    CHECK(told.hosts.missing() == 2);
    CHECK(told.said().find("a: its session is gone without its last state") != std::string::npos);
}

TEST_CASE("states that did not come are lost with their windows, and with sums alone they are not") {
    Told told;
    told.take("a", 0, second, second);
    told.take("a", 3, 4 * second, 4 * second);
    CHECK(told.hosts.lost_states() == 2);
    CHECK(told.said().find("a: 2 states before the one of ") == 0);
    Told sums;
    sums.take("a", 5, second, second, false, 0, false);
    sums.take("a", 9, 2 * second, 2 * second, false, 0, false);
    CHECK(sums.hosts.lost_states() == 0);
    CHECK(sums.said().empty());
}

TEST_CASE("a stream that has brought nothing holds windows back, for a while") {
    Told told({"x.pipe", "y.pipe", "z.pipe"});
    told.take("a", 0, second, second, false, 0);
    CHECK(told.hosts.complete_until() == 0);
    told.hosts.stream_ended(1);
    CHECK(told.said() == "y.pipe: no state has come from there\n");
    told.take("a", 1, 2 * second, 2 * second, false, 0);
    told.take("a", 2, 3 * second, 3 * second, false, 0);
    told.take("a", 3, 4 * second, 4 * second, false, 0);
    CHECK(told.hosts.complete_until() == 0);
    told.hosts.look(Told::now(4 * second + 1));
    CHECK(told.said().find("z.pipe: no state has come from there yet: answers are without it\n") != std::string::npos);
    CHECK(told.hosts.complete_until() == epoch + 4 * second);
    CHECK(told.hosts.missing() == 2);
    told.take("c", 0, 5 * second, 5 * second, false, 2);
    CHECK(told.hosts.missing() == 1);
}

TEST_CASE("another clock is told once, and not of states that come in one piece") {
    Told behind;
    behind.take("a", 0, second, 36 * second);
    behind.take("a", 1, 2 * second, 36 * second);
    CHECK(behind.said().empty());
    behind.take("a", 2, 3 * second, 38 * second);
    behind.take("a", 3, 4 * second, 39 * second);
    CHECK(behind.said() == "a: its clock is 35.0 s behind the one here: windows wait for it\n");
    Told ahead;
    ahead.take("a", 0, 10 * second, second);
    ahead.take("a", 1, 11 * second, 2 * second);
    CHECK(ahead.said() == "a: its clock is 9.0 s ahead of the one here: its windows are those of other times here\n");
}

TEST_CASE("intervals are due at multiples of their periods on another clock") {
    Timers timers({{0, 1000}, {1, 1500}});
    timers.start(40);
    timers.align(40, 5'210);  // 5250 there
    CHECK(timers.next_due() == 6'000 - 5'210);
    CHECK(timers.pop() == 0);
    CHECK(timers.next_due() == 6'000 - 5'210);
    CHECK(timers.pop() == 1);
    CHECK(timers.next_due() == 7'000 - 5'210);
    timers.shift_intervals(-10);  // the other clock goes 10 faster
    CHECK(timers.next_due() == 7'000 - 5'220);
    timers.align(2'000, -1'500);  // it was set back: 500 there
    CHECK(timers.next_due() == 1'000 + 1'500);
    // One on a multiple is due a period later.
    timers.align(2'500, -1'500);
    CHECK(timers.next_due() == 1'500 + 1'500);
}

}  // namespace probevue
