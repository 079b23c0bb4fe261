// What a live session prints and what the replay of its recording prints: the same bytes, for every kind of event, and
// for packets, events and intervals in one script.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "runtime/sinks/recorder.h"
#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

// A recording of the test's own.
class RecordingFile {
public:
    RecordingFile() {
        const int fd = mkstemp(path_.data());
        REQUIRE(fd >= 0);
        ::close(fd);
    }
    RecordingFile(const RecordingFile&) = delete;
    RecordingFile& operator=(const RecordingFile&) = delete;
    ~RecordingFile() { unlink(path_.c_str()); }
    const std::string& path() const { return path_; }

private:
    std::string path_ = "/tmp/recording_XXXXXX";
};

size_t lines_of(const TracedRun& run) {
    return static_cast<size_t>(std::count(run.output.begin(), run.output.end(), '\n'));
}

// Runs the script while the load runs; it ends by itself, or with the load.
TracedRun record(const std::string& text, const std::string& path, const std::function<void()>& load,
                 TraceSetup setup = {}) {
    auto recorder = Recorder::open(path);
    REQUIRE(recorder.has_value());
    setup.record = true;
    setup.session.tap = recorder->get();
    TracedRun out = run_traced(text, load, std::move(setup));
    CHECK(out.problem() == "");
    return out;
}

TracedRun replay(const std::string& text, const std::string& path, SessionTap* tap = nullptr) {
    CompileOptions options;
    options.replay = true;
    const Compiled compiled = compile_text(text, options);
    INFO(compiled.messages);
    REQUIRE(compiled.program.has_value());
    CaptureSink sink;
    TracedRun out;
    SessionOptions session_options;
    session_options.replay = {path};
    session_options.tap = tap;
    const std::unique_ptr<Session> session = Session::create(*compiled.program, session_options, sink, out.problems);
    REQUIRE(session != nullptr);
    CHECK(session->run() == ExitStatus::ok);
    out.output = sink.output();
    out.errors = sink.errors();
    out.statistics = session->statistics();
    return out;
}

// Records, and replays what was recorded: the same. Gives what was printed.
TracedRun same_twice(const std::string& text, const std::function<void()>& load, size_t least_lines) {
    const RecordingFile file;
    const TracedRun live = record(text, file.path(), load);
    CHECK(lines_of(live) >= least_lines);
    const TracedRun again = replay(text, file.path());
    CHECK(live.output == again.output);
    if (live.statistics.lost() == 0) CHECK(again.errors == "");
    CHECK(live.statistics.events == again.statistics.events);
    CHECK(live.statistics.matched == again.statistics.matched);
    // From one file into another, and again.
    const RecordingFile copy;
    {
        auto recorder = Recorder::open(copy.path());
        REQUIRE(recorder.has_value());
        CHECK(replay(text, file.path(), recorder->get()).output == live.output);
    }
    CHECK(replay(text, copy.path()).output == live.output);
    return live;
}

// All that a clause on an event can print.
std::string print_all(const std::string& kind, const std::string& more_format = "", const std::string& more = "") {
    return "@@" + kind + R"( when (__netns == NETNS) {
        printf("%lld )" +
           kind + R"( %I:%d %I:%d %llx %d %d %s %d %d )" + more_format + R"(\n", (long long)timestamp(),
            __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr, __proto_info->remote_port,
            __sock, __pid, __tid, __pname, __uid, __trcid)" +
           more + R"();
        seen[get_probe()]++;
    }
    @@END { printf("%lld end\n", (long long)timestamp()); print(seen); }
    @@BEGIN { printf("%lld begin %d %s\n", (long long)timestamp(), __pid, __pname); })";
}

}  // namespace

TEST_CASE("state changes") {
    const TracedRun printed = same_twice(
        print_all("net:tcp:state_change", "%d>%d", ", __prev_state, __cur_state"),
        [] {
            connections("127.0.0.1", "127.0.0.1", 18'001, 20);
            connections("::1", "::1", 18'001, 20);
        },
        400);
    CHECK(printed.output.find("seen[@@net:tcp:state_change] = ") != std::string::npos);
}

TEST_CASE("retransmissions") {
    same_twice(
        print_all("net:tcp:retransmit", "%d %d", ", __nth_retransmit, __total_retransmit"),
        [] { retransmissions("127.0.0.1", 18'002, 4); }, 5);
}

TEST_CASE("listeners that overflow") {
    same_twice(
        print_all("net:tcp:listen_q_full", "%d %I %d", ", __why, __peer->addr, __peer->port"),
        [] { full_listener("::1", 18'003, 6); }, 5);
}

TEST_CASE("datagrams that are lost") {
    same_twice(
        print_all("net:udp:sock_recv_buf_overflow", "%d", ", __why"),
        [] { lost_datagrams("127.0.0.1", "127.0.0.1", 18'004, 40); }, 10);
}

TEST_CASE("send buffers that are full") {
    same_twice(
        print_all("net:tcp:send_buf_full", "%d", ", __why"), [] { full_sender("127.0.0.1", 18'005); }, 4);
}

TEST_CASE("receive buffers that are full") {
    same_twice(
        print_all("net:tcp:recv_buf_full", "%d", ", __why"),
        [] {
            closed_window("127.0.0.1", 18'006);
            shrunk_buffer("127.0.0.1", 18'007);
        },
        5);
}

// Everything at once; thread-local variables, exit() from an interval.
constexpr const char* mixed = R"(
    __thread int calls;
    @@BEGIN { start = timestamp(); }
    @@net:bpf:lo:tcp:"tcp port 18008" {
        packets++;
        printf("%lld packet %d %d %d\n", diff_time(start, timestamp(), NANOSECONDS), __tcphdr->src_port, __tcphdr->flags, packets);
    }
    @@net:bpf:any:tcp:"tcp port 18008" { through_any++; }
    @@net:tcp:state_change when (__netns == NETNS) {
        thread:calls = thread:calls + 1;
        printf("%lld %d>%d packets %d call %d\n", diff_time(start, timestamp(), NANOSECONDS), __prev_state, __cur_state, packets, thread:calls);
    }
    @@net:tcp:state_change when (__netns == NETNS and __cur_state == TCPS_TIME_WAIT) { closed[__proto_info->remote_port]++; }
    @@interval:*:clock:100 {
        ticks++;
        printf("%lld tick %d packets %d any %d\n", diff_time(start, timestamp(), NANOSECONDS), ticks, packets, through_any);
        if (ticks == EXIT) exit();
    }
    @@END { printf("%lld end\n", diff_time(start, timestamp(), NANOSECONDS)); print(closed); }
)";

std::string mixed_until(const char* tick) {
    std::string text = mixed;
    return text.replace(text.find("EXIT"), 4, tick);
}

void spread_connections() {
    for (int i = 0; i < 8; ++i) {
        connections("127.0.0.1", "127.0.0.1", 18'008, 5);
        pause_ms(23);
    }
}

TEST_CASE("packets, events and intervals; ended from outside, by exit()") {
    const TracedRun stopped = same_twice(mixed_until("1000000"), spread_connections, 500);
    CHECK(stopped.output.find("closed[18008] = 40\n") != std::string::npos);
    same_twice(mixed_until("4"), spread_connections, 100);
}

TEST_CASE("another script over the same recording") {
    const RecordingFile file;
    record("@@net:tcp:state_change when (__netns == NETNS) { n++; }", file.path(),
           [] { connections("127.0.0.1", "127.0.0.1", 18'009, 10); });
    const TracedRun other = replay(R"(
        @@net:tcp:state_change when (__netns == NETNS and __cur_state == TCPS_ESTABLISHED and __proto_info->remote_port == 18009) {
            n++; if (__pid >= 0 && __uid == 0) m++; }
        @@END { printf("%d %d\n", n, m); })",
                                   file.path());
    CHECK(other.output == "10 10\n");
    CHECK(other.errors == "");
    const TracedRun missing =
        replay("@@net:tcp:retransmit { n++; }\n@@net:tcp:state_change { s = __ppid; }", file.path());
    CHECK(missing.errors.find("test.e:1:1: @@net:tcp:retransmit never fires: it was not enabled when") !=
          std::string::npos);
    CHECK(missing.errors.find("`__ppid` is 0 here: it was not recorded") != std::string::npos);
}

TEST_CASE("a ring that is too small: the recording says what it lost") {
    const RecordingFile file;
    TraceSetup small;
    small.load_first = true;
    small.session.attach.buffer_kb = 4;
    const TracedRun live = record(
        "@@net:tcp:state_change { n++; }", file.path(), [] { connections("127.0.0.1", "127.0.0.1", 18'010, 50); },
        std::move(small));
    const uint64_t lost = live.statistics.buffer_full;
    CHECK(lost > 0);
    const TracedRun again = replay("@@net:tcp:state_change { n++; }", file.path());
    CHECK(again.statistics.recording_lost == lost);
    CHECK(again.errors.find(fmt::format("{} events and 0 packets were lost when it was recorded", lost)) !=
          std::string::npos);
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
