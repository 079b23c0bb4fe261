// AIX's examples of scripts on TCP and UDP events, as its documentation has them (curly quotes, misprints and all; the
// first with the quote that it lacks and `==` for `=`), on the addresses and ports that they name.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>

#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

constexpr const char* near = "10.10.10.1";
constexpr const char* far = "10.10.10.2";

// How often the line was printed, against a counter of the kernel and a witness.
template <class Make>
void check_counted(const char* script, const std::function<uint64_t()>& count, Make make,
                   const std::function<void()>& load, const std::function<uint64_t(const TracedRun&)>& printed,
                   uint64_t least) {
    Visible visible;
    const TracedRun run = run_traced(script, [&] { visible = witnessed(make, [&] { return counted(count, load); }); });
    CHECK(visible.caused >= least);
    check_traced(printed(run), visible);
}

std::function<uint64_t(const TracedRun&)> times(std::string line) {
    return [line](const TracedRun& run) { return static_cast<uint64_t>(run.of(line)); };
}

}  // namespace

TEST_CASE("changes of the state of one connection") {
    const char* script = R"(@@net:tcp:state_change
when(__proto_info->local_addr ==”10.10.10.1” and __proto_info->remote_addr == ”10.10.10.2”
	and __proto_info->local_port ==”8000” and  __proto_info->remote_port ==”9000”)
{
	printf(“Previous state:%d and current_state:%d\n”,__prev_state,__cur_state);
}
)";
    const Address client(near, 8000);
    Visible visible;
    const TracedRun run = run_traced(script, [&] {
        visible = witness_states(
            [&] {
                connections(far, far, 9000, 1, &client);
                connections(far, far, 9001, 2);
            },
            5, 8000);
    });
    check_traced(static_cast<uint64_t>(run.all()), visible);
    // A client that closes first: SYN sent, established, FIN waited for twice, TIME_WAIT.
    std::string expected;
    for (const auto& [line, key] :
         {std::pair("Previous state:0 and current_state:2\n", Witness::by_states(TCP_CLOSE, TCP_SYN_SENT)),
          std::pair("Previous state:2 and current_state:4\n", Witness::by_states(TCP_SYN_SENT, TCP_ESTABLISHED)),
          std::pair("Previous state:4 and current_state:6\n", Witness::by_states(TCP_ESTABLISHED, TCP_FIN_WAIT1)),
          std::pair("Previous state:6 and current_state:9\n", Witness::by_states(TCP_FIN_WAIT1, TCP_FIN_WAIT2)),
          std::pair("Previous state:9 and current_state:10\n", Witness::by_states(TCP_FIN_WAIT2, TCP_CLOSE))}) {
        if (visible.all() || visible.of(key) > 0) expected += line;
    }
    CHECK(run.output == expected);
    CHECK(run.compile_messages.find("warning") != std::string::npos);  // of the quotes
}

TEST_CASE("listeners that drop connections") {
    const char* script = R"(@@net:tcp:listen_q_full
{
	printf(“Listener IP address:%I and Port number is:%d\n”,__proto_info->local_addr, __proto_info->local_port);
}
)";
    check_counted(
        script, refused, [] { return witness_of_requests(17'402, false); }, [] { full_listener(near, 17'402, 8); },
        times("Listener IP address:10.10.10.1 and Port number is:17402"), 12);
}

TEST_CASE("connections that drop packets because a buffer overflows") {
    const char* script = R"(@@net:udp:sock_recv_buf_overflow
{
        printf("Connection information which drops packet due to socket buffer overflows:\n"); 
        printf("Local IP address:%I and Remote IP address:%I\n",__proto_info->local_addr,__proto_info->remote_addr);
        printf("local port :%d and remote port:%d\n",__proto_info->local_port, __proto_info->remote_port);
 }
)";
    check_counted(
        script, lost_in_buffers, witness_of_lost_datagrams, [] { lost_datagrams(near, near, 17'403, 40); },
        [](const TracedRun& run) {
            uint64_t with_port = 0;
            for (const auto& [line, count] : run.lines) {
                if (line.find("local port :17403 and remote port:") == 0) with_port += static_cast<uint64_t>(count);
            }
            CHECK(run.of("Local IP address:10.10.10.1 and Remote IP address:10.10.10.1") ==
                  static_cast<int>(with_port));
            CHECK(run.of("Connection information which drops packet due to socket buffer overflows:") >=
                  static_cast<int>(with_port));
            return with_port;
        },
        10);
}

TEST_CASE("segments of one connection that are sent again") {
    const char* script = R"(@@net:tcp:retransmit
when (__proto_info->local_addr == "10.10.10.1" &&
 	__proto_info->remote_addr == "10.10.10.2" && 
__proto_info->local_port == "4000" &&
 	__proto_info->remote_port == "5000")
{
        printf(" %d th re-transmition for this connection\n", _nth_retransmit);
}
)";
    const Address client(near, 4000);
    check_counted(
        script, sent_again, witness_of_retransmissions, [&] { retransmissions(far, 5000, 3, &client); },
        [](const TracedRun& run) {
            CHECK(run.of(" 1 th re-transmition for this connection") >= 1);
            CHECK(run.of(" 0 th re-transmition for this connection") == 0);
            return static_cast<uint64_t>(run.all());
        },
        3);
}

TEST_CASE("senders whose buffer is full") {
    const char* script = R"(@@net:tcp:send_buf_full
{
        printf("Connection information whenever send buffer full event occurs:\n"); 
        printf("Local IP address:%I and Remote IP address:%I\n",__proto_info->local_addr,__proto_info->remote_addr);
        printf("local port :%d and remote port:%d\n",__proto_info->local_port, __proto_info->remote_port);
 }
)";
    int episodes = 0;
    const TracedRun run = run_traced(script, [&] { episodes = full_sender(near, 17'405); });
    int told = 0;
    for (const auto& [line, count] : run.lines) {
        if (line.find("local port :") == 0 && line.find(" and remote port:17405") != std::string::npos) told += count;
    }
    CHECK(episodes > 0);
    CHECK(told == episodes);
    CHECK(run.of("Local IP address:10.10.10.1 and Remote IP address:10.10.10.1") == episodes);
}

}  // namespace probevue::live

int main(int argc, char** argv) {
    return probevue::live::run_cases(argc, argv, [] {
        return probevue::live::add_address("lo:1", "10.10.10.1") && probevue::live::add_address("lo:2", "10.10.10.2");
    });
}
