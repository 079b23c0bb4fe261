// Live sessions on sources and a clock of the test: the order of events, intervals, the ways to end.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/session_parts.h"

using namespace probevue;
using namespace probevue::session_tests;

namespace {

constexpr uint64_t ms = 1'000'000;
const uint8_t frame[60] = {2};

TestSource::Shown packet(uint64_t time, uint64_t shown, const uint8_t* data = frame) {
    TestSource::Shown one{shown, {}};
    one.event.time_ns = time;
    one.event.packet = {data, sizeof frame, sizeof frame, time, 0};
    return one;
}

// Turns until the time is up, then stops the session.
void run_until(Session& session, Time& time, uint64_t stop) {
    session.start();
    time.when_waiting = [&] {
        if (time.now >= stop) session.request_stop();
    };
    while (session.step(1000 * ms)) continue;
    CHECK(session.finish() == ExitStatus::ok);
}

}  // namespace

TEST_CASE("packets of two interfaces run in the order of their times, however late they show") {
    Bench bench;
    const uint64_t t = bench.time.now;
    Program script = program({{begin()}, {packets({"a", "b"}, "p")}, {end()}});
    SessionParts parts = bench.parts();
    parts.sources.push_back(std::make_unique<TestSource>(
        bench.time, "a", 20 * ms,
        std::deque{packet(t + 1, t + 1), packet(t + 5 * ms, t + 5 * ms), packet(t + 30 * ms, t + 30 * ms)}));
    parts.sources.push_back(std::make_unique<TestSource>(
        bench.time, "b", 20 * ms, std::deque{packet(t + 4 * ms, t + 19 * ms), packet(t + 31 * ms, t + 33 * ms)}));
    auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    run_until(*session, bench.time, t + 100 * ms);
    REQUIRE(bench.engine.log.size() == 7);
    CHECK(bench.engine.log[0] == fmt::format("BEGIN {}", t));
    const uint64_t want[] = {t + 1, t + 4 * ms, t + 5 * ms, t + 30 * ms, t + 31 * ms};
    for (size_t i = 0; i < 5; i++) CHECK(bench.engine.log[i + 1] == fmt::format("p {}", want[i]));
    CHECK(bench.engine.log[6].substr(0, 4) == "END ");
    CHECK(session->statistics().packets == 5);
    CHECK(session->statistics().buffer_full == 6);
    CHECK(session->statistics().lost() == 14);
}

TEST_CASE("events wait for those that another source knows of and shows too late, and not for ever") {
    for (const auto& row : {std::pair{60 * ms, true}, std::pair{500 * ms, false}}) {
        const uint64_t shown = row.first;
        const bool comes_first = row.second;
        CAPTURE(shown);
        Bench bench;
        const uint64_t t = bench.time.now;
        Program script = program({{packets({"a", "b"}, "p")}});
        SessionParts parts = bench.parts();
        parts.sources.push_back(
            std::make_unique<TestSource>(bench.time, "a", 20 * ms, std::deque{packet(t + 5 * ms, t + 5 * ms)}));
        auto late = std::make_unique<TestSource>(bench.time, "b", 20 * ms, std::deque{packet(t + 4 * ms, t + shown)});
        late->counts_them();
        parts.sources.push_back(std::move(late));
        auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
        REQUIRE(session != nullptr);
        session->start();
        while (bench.time.now < t + 1000 * ms) session->step(ms);
        CHECK(session->finish() == ExitStatus::ok);
        REQUIRE(bench.engine.log.size() == 2);
        CHECK(bench.engine.log[comes_first ? 0 : 1] == fmt::format("p {}", t + 4 * ms));
        CHECK(bench.engine.log[comes_first ? 1 : 0] == fmt::format("p {}", t + 5 * ms));
        CHECK(session->statistics().out_of_order == (comes_first ? 0 : 1));
    }
}

TEST_CASE("one source alone is not held back") {
    Bench bench;
    const uint64_t t = bench.time.now;
    Program script = program({{packets({"a"}, "p")}});
    SessionParts parts = bench.parts();
    parts.sources.push_back(
        std::make_unique<TestSource>(bench.time, "a", 20 * ms, std::deque{packet(t, t), packet(t, t)}));
    auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    session->start();
    CHECK(session->step(0));
    CHECK(bench.engine.log.size() == 2);
    CHECK(bench.time.waits.empty());
}

TEST_CASE("intervals fire on the clock and stand in order with packets") {
    Bench bench;
    const uint64_t t = bench.time.now;
    Program script = program({{every(100)}, {every(250)}, {packets({"a"}, "p")}});
    SessionParts parts = bench.parts();
    parts.sources.push_back(std::make_unique<TestSource>(
        bench.time, "a", 20 * ms, std::deque{packet(t + 99 * ms, t + 110 * ms), packet(t + 101 * ms, t + 110 * ms)}));
    auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    run_until(*session, bench.time, t + 320 * ms);
    CHECK(bench.log() == fmt::format("p {}; every100 {}; p {}; every100 {}; every250 {}; every100 {}", t + 99 * ms,
                                     t + 100 * ms, t + 101 * ms, t + 200 * ms, t + 250 * ms, t + 300 * ms));
}

TEST_CASE(
    "a clock that is set ahead and back holds nothing up: events are shown as they come, with the times that it said") {
    Bench bench;
    const uint64_t t = bench.time.now;
    constexpr uint64_t ahead = 30'000 * ms;
    Program script = program({{packets({"a", "b"}, "p")}, {end()}});
    SessionParts parts = bench.parts();
    // Each once before, while the clock is ahead, and after.
    const auto times = [&](uint64_t at) {
        return std::deque{packet(t + at, t + at), packet(t + ahead + 20 * ms + at, t + 20 * ms + at),
                          packet(t + 40 * ms + at, t + 40 * ms + at)};
    };
    for (const auto& [name, at] : {std::pair{"a", 1 * ms}, std::pair{"b", 2 * ms}}) {
        auto source = std::make_unique<TestSource>(bench.time, name, 20 * ms, times(at));
        source->look_again_within(1 * ms);
        parts.sources.push_back(std::move(source));
    }
    auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    std::vector<uint64_t> shown;  // when, for each packet
    bench.engine.when_run = [&](size_t clause) {
        if (clause == 0) shown.push_back(bench.time.now);
    };
    session->start();
    bench.time.when_waiting = [&] {
        const uint64_t since = bench.time.now - t;
        bench.time.set = since >= 10 * ms && since < 30 * ms ? static_cast<int64_t>(ahead) : 0;
        if (since >= 100 * ms) session->request_stop();
    };
    while (session->step(1000 * ms)) continue;
    CHECK(session->finish() == ExitStatus::ok);
    std::vector<std::string> packets;
    for (const std::string& line : bench.engine.log) {
        if (line[0] == 'p') packets.push_back(line);
    }
    std::vector<std::string> want;
    for (const uint64_t time :
         {t + 1 * ms, t + 2 * ms, t + ahead + 21 * ms, t + ahead + 22 * ms, t + 41 * ms, t + 42 * ms})
        want.push_back(fmt::format("p {}", time));
    CHECK(packets == want);
    REQUIRE(shown.size() == 6);
    for (size_t i = 0; i < shown.size(); ++i) CHECK(shown[i] <= t + (20 * (i / 2) + 30) * ms);
    CHECK(session->statistics().out_of_order == 0);
    CHECK(session->statistics().packets == 6);
    CHECK(bench.sink.errors() ==
          "probevue: note: the clock of the system was set 30.000 s ahead: times of events follow it\n"
          "probevue: note: the clock of the system was set 30.000 s back: times of events follow it\n");
}

TEST_CASE("a time that is set ends the session behind all that came before, intervals included") {
    Bench bench;
    const uint64_t t = bench.time.now;
    Program script = program({{every(100)}, {packets({"a"}, "p")}});
    SessionParts parts = bench.parts();
    parts.sources.push_back(
        std::make_unique<TestSource>(bench.time, "a", 20 * ms,
                                     std::deque{packet(t + 199 * ms, t + 210 * ms), packet(t + 200 * ms, t + 210 * ms),
                                                packet(t + 201 * ms, t + 210 * ms)}));
    SessionOptions options;
    options.end_after_ns = 200 * ms;
    auto session = Session::create(script, options, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    run_until(*session, bench.time, t + 320 * ms);
    CHECK(bench.log() == fmt::format("every100 {}; p {}; every100 {}", t + 100 * ms, t + 199 * ms, t + 200 * ms));
    CHECK_FALSE(session->step(0));
}

TEST_CASE("a tuple fires once however many interfaces it lists, a clause once a tuple, in text order") {
    Bench bench;
    const uint64_t t = bench.time.now;
    Program script =
        program({{packets({"a", "any"}, "both"), packets({"a"}, "even", "even"), packets({"a"}, "odd", "odd")},
                 {packets({"a"}, "ether", "", Protocol::ether), packets({"a"}, "tcp", "", Protocol::tcp)}});
    SessionParts parts = bench.parts();
    parts.sources.push_back(std::make_unique<TestSource>(bench.time, "a", 0, std::deque{packet(t + 1, t)}));
    parts.sources.push_back(std::make_unique<TestSource>(bench.time, "any", 0, std::deque{packet(t + 2, t)}));
    auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    run_until(*session, bench.time, t + ms);
    CHECK(bench.log() == fmt::format("even {0}; ether {0}; both {1}", t + 1, t + 2));
    REQUIRE(bench.engine.contexts.size() == 3);
    CHECK(bench.engine.contexts[0].probe == 1);
    CHECK(bench.engine.contexts[1].probe == 3);
    CHECK(bench.engine.contexts[0].packet == reinterpret_cast<uintptr_t>(frame));
    CHECK(session->statistics().clauses[0].events == 2);
}

TEST_CASE("exit() ends the session at once, and END runs") {
    Bench bench;
    const uint64_t t = bench.time.now;
    bench.engine.exit_at[0] = 2;
    Program script = program({{packets({"a"}, "p")}, {end()}});
    SessionParts parts = bench.parts();
    parts.sources.push_back(
        std::make_unique<TestSource>(bench.time, "a", 20 * ms, std::deque{packet(t, t), packet(t, t), packet(t, t)}));
    auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    CHECK(session->run() == ExitStatus::ok);
    CHECK(bench.log() == fmt::format("p {0}; p {0}; END {0}", t));
}

TEST_CASE("exit() in BEGIN: nothing is enabled") {
    Bench bench;
    bench.engine.exit_at[0] = 1;
    const uint64_t t = bench.time.now;
    Program script = program({{begin()}, {packets({"a"}, "p")}, {every(100)}, {end()}});
    SessionParts parts = bench.parts();
    parts.sources.push_back(std::make_unique<TestSource>(bench.time, "a", 0, std::deque{packet(t, t)}));
    auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    CHECK(session->run() == ExitStatus::ok);
    CHECK(bench.log() == fmt::format("BEGIN {0}; END {0}", t));
}

TEST_CASE("a stop still takes what happened before it, and nothing later") {
    Bench bench;
    const uint64_t t = bench.time.now;
    Program script = program({{packets({"a"}, "p")}, {end()}});
    SessionParts parts = bench.parts();
    parts.sources.push_back(std::make_unique<TestSource>(
        bench.time, "a", 20 * ms, std::deque{packet(t, t + 10 * ms), packet(t + 15 * ms, t + 15 * ms)}));
    auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    session->start();
    session->request_stop();
    while (session->step(ms)) continue;
    CHECK(session->finish() == ExitStatus::ok);
    CHECK(bench.engine.log.size() == 2);
    CHECK(bench.engine.log[0] == fmt::format("p {}", t));
    CHECK(bench.engine.log[1].substr(0, 4) == "END ");
}

TEST_CASE("an interface that goes away is told of; the others go on") {
    Bench bench;
    const uint64_t t = bench.time.now;
    Program script = program({{packets({"a", "b"}, "p")}});
    SessionParts parts = bench.parts();
    auto gone = std::make_unique<TestSource>(bench.time, "a", 20 * ms, std::deque{packet(t, t)});
    gone->end_with("a: the interface disappeared");
    parts.sources.push_back(std::move(gone));
    auto last = std::make_unique<TestSource>(bench.time, "b", 20 * ms, std::deque{packet(t + 50 * ms, t + 50 * ms)});
    last->end_with("");
    parts.sources.push_back(std::move(last));
    auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    CHECK(session->run() == ExitStatus::run_time);
    CHECK(bench.engine.log.size() == 2);
    CHECK(bench.sink.errors().find("a: the interface disappeared") != std::string::npos);
}

TEST_CASE("a source that asks for it is looked at again, readable or not") {
    Bench bench;
    const uint64_t t = bench.time.now;
    Program script = program({{packets({"a"}, "p")}});
    SessionParts parts = bench.parts();
    auto source = std::make_unique<TestSource>(bench.time, "a", 0, std::deque{packet(t + 3 * ms, t + 3 * ms)});
    source->look_again_within(ms);
    parts.sources.push_back(std::move(source));
    auto session = Session::create(script, {}, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    session->start();
    CHECK(session->step(10 * ms));
    CHECK(session->statistics().packets == 1);
    REQUIRE(bench.time.waits.size() == 10);
    CHECK(std::all_of(bench.time.waits.begin(), bench.time.waits.end(), [](uint64_t wait) { return wait == ms; }));
}

TEST_CASE("a session in which nothing can happen ends by itself") {
    Bench bench;
    Program script = program({{begin()}, {end()}});
    auto session = Session::create(script, {}, bench.sink, bench.problems, bench.parts());
    REQUIRE(session != nullptr);
    CHECK(session->run() == ExitStatus::ok);
    CHECK(bench.engine.log.size() == 2);
}

TEST_CASE("problems are told all together, with their places") {
    Bench bench;
    Program script =
        program({{packets({"nosuch0"}, "p")}, {packets({"lo", "nosuch1"}, "q")}, {request(ProbeKind::count, "s")}});
    CHECK(Session::create(script, {}, bench.sink, bench.problems, bench.parts()) == nullptr);
    REQUIRE(bench.problems.size() == 3);
    CHECK(bench.problems[0].position.line == 3);
    CHECK(bench.problems[0].error.message == "this probe cannot be enabled by this version of probevue");
    CHECK(bench.problems[0].error.hint == "`probevue -l` lists those that can");
    CHECK(bench.problems[1].position.line == 1);
    CHECK(bench.problems[1].error.message == "there is no interface `nosuch0`");
    CHECK(bench.problems[1].error.status == ExitStatus::usage);
    CHECK(bench.problems[1].error.hint.find("lo") != std::string::npos);
    CHECK(bench.problems[2].error.message == "there is no interface `nosuch1`");
}

TEST_CASE("--fail-on-loss: a loss is the status") {
    Bench bench;
    const uint64_t t = bench.time.now;
    Program script = program({{packets({"a"}, "p")}});
    SessionParts parts = bench.parts();
    auto source = std::make_unique<TestSource>(bench.time, "a", 0, std::deque{packet(t, t)});
    source->end_with("");
    parts.sources.push_back(std::move(source));
    SessionOptions options;
    options.fail_on_loss = true;
    auto session = Session::create(script, options, bench.sink, bench.problems, std::move(parts));
    REQUIRE(session != nullptr);
    CHECK(session->run() == ExitStatus::loss);
    CHECK(to_text(session->statistics()).find("lost_buffer_full       3\n") != std::string::npos);
}
