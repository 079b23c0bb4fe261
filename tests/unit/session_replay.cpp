// Replays: the virtual clock, names of interfaces, several files, damage.
#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

#include "tests/unit/session_parts.h"

using namespace probevue;
using namespace probevue::session_tests;

namespace {

constexpr uint64_t second = 1'000'000'000;

void put32(std::string& to, uint32_t value) { to.append(reinterpret_cast<const char*>(&value), sizeof value); }

// A capture in nanoseconds with packets of 20 bytes at these times (seconds), on a file that goes with it.
class File {
public:
    explicit File(const std::vector<double>& times, size_t cut = 0) {
        std::string bytes;
        for (uint32_t word : {0xa1b23c4du, 0x00040002u, 0u, 0u, 65535u, 1u}) put32(bytes, word);
        for (double time : times) {
            put32(bytes, static_cast<uint32_t>(time));
            put32(bytes, static_cast<uint32_t>((time - static_cast<uint32_t>(time)) * 1e9));
            put32(bytes, 20);
            put32(bytes, 20);
            bytes += std::string(20, 'x');
        }
        write(bytes.substr(0, bytes.size() - cut));
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() { unlink(path_.c_str()); }
    const std::string& path() const { return path_; }

private:
    void write(const std::string& bytes) {
        int fd = mkstemp(path_.data());
        REQUIRE(fd >= 0);
        close(fd);
        std::ofstream(path_, std::ios::binary) << bytes;
    }
    std::string path_ = "/tmp/session_replay_XXXXXX";
};

ExitStatus replay(Bench& bench, const Program& script, std::vector<std::string> files,
                  Statistics* statistics = nullptr) {
    SessionOptions options;
    options.replay = std::move(files);
    auto session = Session::create(script, options, bench.sink, bench.problems, bench.parts());
    REQUIRE(session != nullptr);
    ExitStatus status = session->run();
    if (statistics != nullptr) *statistics = session->statistics();
    return status;
}

}  // namespace

TEST_CASE(
    "intervals: due ones before the packet that reaches them, from the first packet's time, none after the last") {
    Bench bench;
    File file({10, 10.5, 11, 13.25});
    Program script = program({{begin()}, {every(1000)}, {packets({"eth0"}, "p")}, {end()}});
    CHECK(replay(bench, script, {file.path()}) == ExitStatus::ok);
    CHECK(bench.log() ==
          "BEGIN 10000000000; p 10000000000; p 10500000000; every1000 11000000000; p 11000000000; "
          "every1000 12000000000; every1000 13000000000; p 13250000000; END 13250000000");
}

TEST_CASE("several files are merged by time; equal times in the order of the files") {
    Bench bench;
    File first({1, 3, 4});
    File second_file({2, 3, 9});
    Program script = program({{packets({"eth0"}, "p")}});
    Statistics statistics;
    CHECK(replay(bench, script, {first.path(), second_file.path()}, &statistics) == ExitStatus::ok);
    CHECK(bench.log() == "p 1000000000; p 2000000000; p 3000000000; p 3000000000; p 4000000000; p 9000000000");
    CHECK(statistics.packets == 6);
    CHECK(statistics.matched == 6);
    CHECK(statistics.clauses[0].matched == 6);
}

TEST_CASE("packets that a file has in another order than that of time run as they stand there, and are counted") {
    Bench bench;
    File file({1, 4, 3, 3, 5});
    Program script = program({{packets({"eth0"}, "p")}});
    Statistics statistics;
    CHECK(replay(bench, script, {file.path()}, &statistics) == ExitStatus::ok);
    CHECK(bench.log() == "p 1000000000; p 4000000000; p 3000000000; p 3000000000; p 5000000000");
    CHECK(statistics.out_of_order == 2);
    CHECK(statistics.lost() == 0);
}

TEST_CASE("a file cut off: what comes before counts, END runs, status 1") {
    Bench bench;
    File file({1, 2}, 5);
    Program script = program({{packets({"eth0"}, "p")}, {end()}});
    CHECK(replay(bench, script, {file.path()}) == ExitStatus::run_time);
    CHECK(bench.log() == "p 1000000000; END 1000000000");
    CHECK(bench.sink.errors().find("cut off in the middle of a packet at byte 60") != std::string::npos);
}

TEST_CASE("files that cannot be opened are all told, before anything runs") {
    Bench bench;
    SessionOptions options;
    options.replay = {"/nonexistent/a.pcap", "tests/data/bad/empty.pcap"};
    Program script = program({{begin()}});
    CHECK(Session::create(script, options, bench.sink, bench.problems, bench.parts()) == nullptr);
    REQUIRE(bench.problems.size() == 2);
    CHECK(bench.problems[0].error.message == "/nonexistent/a.pcap: No such file or directory");
    CHECK(bench.problems[0].error.status == ExitStatus::run_time);
    CHECK(bench.engine.log.empty());
}

TEST_CASE("named interfaces: only those named where one matches, else all with one note") {
    // Every third packet of twelve is eth1's, the others are eth0's.
    const std::string file = "tests/data/made/interfaces.pcapng";
    Bench bench;
    Statistics statistics;
    Program script = program({{packets({"eth1"}, "one")},
                              {packets({"any"}, "all")},
                              {packets({"en7", "en8"}, "other")},
                              {packets({"en7"}, "more")},
                              {packets({"en7", "eth0"}, "some")}});
    CHECK(replay(bench, script, {file}, &statistics) == ExitStatus::ok);
    CHECK(statistics.clauses[0].events == 4);
    CHECK(statistics.clauses[1].events == 12);
    CHECK(statistics.clauses[2].events == 12);
    CHECK(statistics.clauses[4].events == 8);
    const std::string& said = bench.sink.errors();
    CHECK(said.find("has no interface `en7`, `en8`: packets of all its interfaces are taken") != std::string::npos);
    CHECK(said.find("has no interface") == said.rfind("has no interface"));
}

TEST_CASE("a filter that the link type cannot have: an error with its place, the rest goes on, status 2") {
    Bench bench;
    File file({1});
    Program script = program({{packets({"eth0"}, "p", "bad")}, {packets({"eth0"}, "q")}});
    CHECK(replay(bench, script, {file.path()}) == ExitStatus::usage);
    CHECK(bench.log() == "q 1000000000");
    CHECK(bench.sink.errors().find("error: test.e:0:0: the filter cannot be used on link type EN10MB: no such thing") !=
          std::string::npos);
}

TEST_CASE("a time stamp that is wrong by decades does not fire intervals for ever") {
    Bench bench;
    File file({1, 4'000'000'000.0});
    Program script = program({{every(1)}, {packets({"eth0"}, "p")}});
    CHECK(replay(bench, script, {file.path()}) == ExitStatus::ok);
    CHECK(bench.engine.log.size() <= 4);
    CHECK(bench.engine.log.back() == fmt::format("p {}", 4'000'000'000 * second));
    CHECK(bench.sink.errors().find("time stamps far apart") != std::string::npos);
}

TEST_CASE("exit() ends a replay, and END runs") {
    Bench bench;
    bench.engine.exit_at[0] = 2;
    File file({1, 2, 3});
    Program script = program({{packets({"eth0"}, "p")}, {every(100)}, {end()}});
    CHECK(replay(bench, script, {file.path()}) == ExitStatus::ok);
    CHECK(bench.engine.log.back() == "END 2000000000");
    CHECK(bench.engine.log[bench.engine.log.size() - 2] == "p 2000000000");
}

namespace {

// An output whose reader goes away, or whose disk fills up.
struct BrokenOutput final : Output {
    BrokenOutput(const bool& is_gone, bool has_failed) : gone(is_gone), failed(has_failed) {}
    void write(Stream, std::string_view) override {}
    Status status() const override { return failed && gone ? Status(fail("no space left on device")) : Status(); }
    bool closed() const override { return gone && !failed; }
    bool joined() const override { return false; }
    const bool& gone;
    bool failed;
};

}  // namespace

TEST_CASE("an output that closes ends a replay quietly and without END, one that fails ends it with status 1") {
    for (bool failed : {false, true}) {
        CAPTURE(failed);
        Bench bench;
        bool gone = false;
        TextSink sink(std::make_unique<BrokenOutput>(gone, failed), {});
        bench.engine.when_run = [&](size_t) { gone = bench.engine.log.size() >= 2; };
        File file({1, 2, 3});
        SessionOptions options;
        options.replay = {file.path()};
        Program script = program({{packets({"eth0"}, "p")}, {end()}});
        auto session = Session::create(script, options, sink, bench.problems, bench.parts());
        REQUIRE(session != nullptr);
        CHECK(session->run() == (failed ? ExitStatus::run_time : ExitStatus::ok));
        // A failure shows when something is written out, a closed pipe before.
        if (!failed) CHECK(bench.log() == "p 1000000000; p 2000000000");
    }
}

TEST_CASE("packets with a header cut off are counted once each, those with all headers are not") {
    const std::pair<const char*, bool> captures[] = {
        {"made/short.pcap", true}, {"made/uncut.pcap", false}, {"web.pcap", false}};
    for (const auto& [name, cut] : captures) {
        const std::string file = name;
        CAPTURE(file);
        Bench bench;
        Statistics statistics;
        Program script = program({{packets({"eth0"}, "p"), packets({"eth0"}, "q")}});
        CHECK(replay(bench, script, {"tests/data/" + file}, &statistics) == ExitStatus::ok);
        CHECK(statistics.packets > 0);
        CHECK(statistics.cut_off == (cut ? statistics.packets : 0));
        CHECK(statistics.lost() == 0);
    }
}

TEST_CASE("a clause for groups runs once for each that is there; packets without all their records are counted once") {
    Bench bench;
    Statistics statistics;
    Program script =
        program({{packets({"eth0"}, "p", {}, Protocol::group), packets({"eth0"}, "q", {}, Protocol::group)}});
    script.clauses.front().depth = PacketDepth::details;
    CHECK(replay(bench, script, {"tests/data/made/groups-cut.pcap"}, &statistics) == ExitStatus::ok);
    constexpr size_t groups = 202;  // lines of expected/groups/made/groups-cut.pcap.tsv
    CHECK(bench.engine.log.size() == 2 * groups);
    CHECK(statistics.cut_off == statistics.packets - 2);
}
