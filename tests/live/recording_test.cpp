// What a live session prints and what the replay of its recording prints: the same bytes, for every kind of event, and
// for packets, events and intervals in one script.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "runtime/sinks/recorder.h"
#include "tests/live/traced_functions.h"
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
TracedRun same_twice(const std::string& text, const std::function<void()>& load, size_t least_lines,
                     TraceSetup setup = {}) {
    const RecordingFile file;
    const TracedRun live = record(text, file.path(), load, std::move(setup));
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
        print_all("net:tcp:retransmit", "%d %d %d", ", __nth_retransmit, __total_retransmit, __segments"),
        [] { retransmissions("127.0.0.1", 18'002, 4); }, 5);
}

TEST_CASE("listeners that overflow") {
    same_twice(
        print_all("net:tcp:listen_q_full", "%d %I %d", ", __why, __peer->addr, __peer->port"),
        [] { full_listener("::1", 18'003, 6); }, 5);
    const Setting no_cookies("net/ipv4/tcp_syncookies", "0");
    const auto dropped = [] { return counter("TcpExt", "TCPReqQFullDrop"); };
    const TracedRun flooded = same_twice(
        print_all("net:tcp:listen_q_full", "%d %I", ", __why, __peer->addr"),
        [&] {
            flood({"::1", 18'004, 4, 30, "", true}, dropped, 15);
        },
        15);
    CHECK(flooded.output.find(" 9 ::1\n") != std::string::npos);
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

TEST_CASE("calls that send on sockets, at both ends") {
    const TracedRun printed = same_twice(
        print_all("net:tcp:sendmsg:entry", "%llu %x", ", __sockcall->size, __sockcall->flags") +
            "@@net:tcp:sendmsg:exit when (__netns == NETNS && __sockcall->sock == __sock) "
            "{ printf(\"end %llu %x %lld %I %s %d\\n\", __sockcall->size, __sockcall->flags, __sockcall->ret, "
            "__proto_info->remote_addr, __sockcall->name, __sockcall->family); }",
        [] {
            const Socket listener = listen_on(Address("::1", 18'012), 1);
            const Socket client = connect_to(Address("::1", 18'012));
            for (size_t i = 1; i <= 20; ++i) {
                const std::vector<char> bytes(i);
                CHECK(send(client.get(), bytes.data(), i, MSG_NOSIGNAL) == static_cast<long>(i));
            }
        },
        40);
    CHECK(printed.of("end 20 4000 20 ::1 tcp.sendmsg 10") == 1);
}

// What was read of memory and of descriptors at the moment of an event is recorded with it.
TEST_CASE("functions of programs, with texts, sockets and stacks") {
    const TracedRun live = same_twice(R"(
        net_info_t n;
        int traced_add(int a, int b);
        long traced_text(char *text, long length);
        void traced_socket(int fd);
        @@uft:PID:*:traced_text:entry { printf("<%s> <%s> %ld\n", get_userstring(__arg1, -1), get_userstring(__arg1, 3), __arg2); }
        @@uft:PID:*:traced_add:entry { printf("%d %d\n", __arg1, __arg2); stktrace(0, 4); }
        @@uft:PID:*:traced_text:exit { printf("%s = %ld\n", get_function(), __rv); }
        @@uft:PID:*:traced_socket:entry {
            sockfd_netinfo(__arg1, n);
            printf("%I:%d %llu %o\n", n.local_addr, n.local_port, fd_inodeid(__arg1), fd_ftype(__arg1));
        })",
                                      [] {
                                          char text[32];
                                          for (int i = 0; i < 20; ++i) {
                                              std::snprintf(text, sizeof text, "number %d", i);
                                              traced_text(text, i);
                                              std::memset(text, '#', sizeof text);
                                              traced_add(i, -i);
                                          }
                                          const Socket listener = listen_on(Address("127.0.0.1", 18'011), 1);
                                          traced_socket(listener.get());
                                      },
                                      100);
    CHECK(live.of("<number 7> <num> 7") == 1);
    CHECK(live.of("traced_text = 7") == 1);
    CHECK(live.output.find("127.0.0.1:18011 ") != std::string::npos);
    CHECK(live.output.find("\n0x") != std::string::npos);
}

TEST_CASE("a script that reads what the recording does not hold is told") {
    const RecordingFile file;
    record("@@uft:PID:*:traced_text:entry { n++; }", file.path(), [] { traced_text("hello", 5); });
    const TracedRun other = replay(R"(
        long traced_text(char *text, long length);
        @@uft:PID:*:traced_text:entry { printf("<%s>\n", get_userstring(__arg1, -1)); })",
                                   file.path());
    CHECK(other.output == "<>\n");
    REQUIRE(other.statistics.remarks().size() == 1);
    CHECK(other.statistics.remarks().front().find("1 reads of memory or descriptors gave nothing") == 0);
}

// A child, so that the session's own calls are not among them: those it does not see.
void run_children(int count) {
    for (int i = 0; i < count; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            char bytes[100];
            char path[] = "/proc/self/status";
            const int fd = open(path, O_RDONLY);
            const ssize_t got = read(fd, bytes, sizeof bytes);
            path[0] = '#';
            close(fd);
            _exit(got == sizeof bytes ? 3 : 4);
        }
        waitpid(child, nullptr, 0);
    }
}

TEST_CASE("system calls and events of processes, tracepoints, intervals of a process") {
    // The calls of all other programs are recorded too: a busy machine makes tens of thousands between two looks.
    TraceSetup roomy;
    roomy.session.attach.buffer_kb = 128 * 1024;
    const TracedRun live = same_twice(R"(
        int open(char *path, int flags, int mode);
        long read(int fd, char *buffer, unsigned long size);
        __thread int descriptor;
        @@syscall:*:open:entry when (__ppid == PID) { printf("open <%s> %d\n", get_userstring(__arg1, -1), __arg2); }
        @@syscall:*:read:entry when (__ppid == PID) { thread:descriptor = __arg1; }
        @@syscall:*:read:exit when (__ppid == PID and __rv > 0) { printf("read %d = %ld %s\n", thread:descriptor > 2, __rv, __pname); }
        @@syscallx:*:*:entry when (__ppid == PID) { calls[get_function()]++; }
        @@sysproc:exit:* when (__ppid == PID) { printf("exit %d %d\n", __exitinfo->returnval, __exitinfo->signo); }
        @@systrace:*:sched_process_fork when (__pid == PID) { forks++; }
        @@interval:PID:clock:10 { ticks++; }
        @@END { print(calls); printf("forks %d %d\n", forks, ticks); })",
                                      [] { run_children(20); }, 60, std::move(roomy));
    REQUIRE(live.statistics.lost() == 0);  // else what follows says nothing
    CHECK(live.of("open </proc/self/status> 0") == 20);
    CHECK(live.of("read 1 = 100 live_recording") == 20);
    CHECK(live.of("exit 3 0") == 20);
    CHECK(live.output.find("calls[read] = 20\n") != std::string::npos);
    CHECK(live.output.find("forks 21 ") != std::string::npos);
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
        let_time_pass(23);  // so that intervals of 100 ms come between them
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
